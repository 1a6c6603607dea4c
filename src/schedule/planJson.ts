import { epochRows } from './epochRows'
import type { EpochRow } from './epochRows'
import { forecast, speedUp } from './forecast'
import type { StepSeconds } from './forecast'
import { iterationsPerEpoch, totalIterations } from './iterations'
import type { Plan } from './phase'
import type { ScheduleSettings } from './settings'

export interface PlanJson extends Plan {
  /** With a number of clips. */
  readonly iterations?: number
  /** With seconds per step too, in seconds; evaluations are left out. */
  readonly forecast?: {
    readonly seconds: number
    readonly phaseSeconds: readonly number[]
    readonly speedUp?: number
  }
  readonly perEpoch: readonly (EpochRow & { readonly iterations?: number })[]
}

/** What `multigrid plan --json` prints: the plan with a row per epoch, and what is known of its length. */
export function planJson(
  settings: ScheduleSettings,
  plan: Plan,
  { clips, seconds }: { readonly clips?: number; readonly seconds?: StepSeconds } = {},
): PlanJson {
  const rows = epochRows(settings, plan)
  if (clips === undefined) return { ...plan, perEpoch: rows }
  return {
    ...plan,
    iterations: totalIterations(plan, clips),
    ...(seconds && { forecast: forecastJson(settings, plan, clips, seconds) }),
    perEpoch: rows.map((row) => ({
      ...row,
      iterations: iterationsPerEpoch(plan.phases[row.phase]!.shapes, clips),
    })),
  }
}

function forecastJson(
  settings: ScheduleSettings,
  plan: Plan,
  clips: number,
  stepSeconds: StepSeconds,
): NonNullable<PlanJson['forecast']> {
  const { secondsLeft, phaseSeconds } = forecast({ plan, clips, done: 0, stepSeconds })
  const faster = speedUp({ settings, plan, clips, stepSeconds })
  return { seconds: secondsLeft, phaseSeconds, ...(faster !== undefined && { speedUp: faster }) }
}
