import * as z from 'zod'
import type { Curve, CurveName, RunPhase } from './view'

/** A curve that can be laid over three axes: of each bucket's first step also the iteration, and the seconds trained by then. */
export interface ComparedCurve extends Curve {
  readonly iteration: readonly number[]
  readonly seconds: readonly number[]
}

/** Points that replace everything from index `from` on. */
export interface ComparedCurveUpdate {
  readonly from: number
  readonly points: ComparedCurve
}

export interface ComparedEvaluation {
  readonly epoch: number
  readonly iteration: number
  readonly seconds: number
  readonly loss: number | null
  readonly top1: number
  readonly map?: number
}

/** What is said of a compared run beside its curves. */
export interface ComparedFacts {
  readonly state: RunPhase
  readonly best?: { readonly top1: number; readonly map?: number }
  /** Trained so far, pauses left out. */
  readonly seconds: number
  readonly iteration: number
  readonly iterations: number
  readonly epoch: number
  readonly epochs: number
  /** Backend and device. */
  readonly engine: string
  readonly evaluations: readonly ComparedEvaluation[]
}

export interface ComparedRun {
  readonly id: string
  readonly name: string
  /** Local date and time. */
  readonly created: string
  /** Its events are still being read. */
  readonly reading: boolean
  readonly facts: ComparedFacts
  readonly curves: Readonly<Record<CurveName, ComparedCurve>>
}

export interface ComparedRunUpdate {
  readonly id: string
  readonly reading?: boolean
  readonly facts?: ComparedFacts
  readonly curves?: Partial<Record<CurveName, ComparedCurveUpdate>>
}

/** A setting in which runs differ, with its value in each of them, in their order. */
export interface SettingRow {
  readonly key: string
  readonly values: readonly string[]
}

/** All of it when the page appears; then what changed, at most twice a second. */
export type HostToCompare =
  | {
      readonly type: 'snapshot'
      readonly runs: readonly ComparedRun[]
      readonly settings: readonly SettingRow[]
      /** Runs that the page had shown and that are no more. */
      readonly missing: readonly string[]
    }
  | {
      readonly type: 'update'
      readonly runs: readonly ComparedRunUpdate[]
      readonly settings?: readonly SettingRow[]
    }

export const compareToHost = z.discriminatedUnion('type', [z.object({ type: z.literal('ready') })])

export type CompareToHost = z.infer<typeof compareToHost>

const axes = ['epoch', 'iteration', 'seconds'] as const
export type CompareAxis = (typeof axes)[number]

/** More curves than these cannot be told apart. */
export const mostCompared = 12

/** What the editor keeps of the page over a reload. */
export const compareState = z.object({
  runs: z
    .array(z.string().regex(/^[\w.-]{1,200}$/))
    .min(1)
    .max(mostCompared),
  axis: z.enum(axes).optional(),
})

export type CompareState = z.infer<typeof compareState>
