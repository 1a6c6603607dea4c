import * as z from 'zod'

/** What a button of the doctor's page does. */
export const doctorActions = [
  'installRuntime',
  'chooseNode',
  'chooseFfmpeg',
  'openSettings',
  'manageTrust',
  'newSchedule',
  'checkAgain',
  'copyReport',
] as const
export type DoctorAction = (typeof doctorActions)[number]

export const doctorToHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('act'), action: z.enum(doctorActions) }),
])
export type DoctorToHost = z.infer<typeof doctorToHost>

export interface DoctorButton {
  readonly action: DoctorAction
  readonly label: string
}

/** One thing that was looked at, in the words that are shown. */
export interface DoctorRow {
  readonly id: string
  readonly name: string
  readonly status: 'checking' | 'ok' | 'warning' | 'missing'
  /** The status for people who see no icon. */
  readonly word: string
  readonly detail: string
  readonly meaning: string
  readonly actions: readonly DoctorButton[]
}

/** The whole page each time: it is small, and one that was hidden has missed what came before. */
export interface HostToDoctor {
  readonly type: 'show'
  readonly summary: string
  readonly rows: readonly DoctorRow[]
}
