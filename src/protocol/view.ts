import * as z from 'zod'
import type { Help } from '../HumanError'
import type { EditOutcome, EventOf, Forecast, RunStateName, StepShape, WirePlan } from './events'

/** Buckets of consecutive steps in order; `epoch` is the fractional epoch of a bucket's first step. Columns have one length. */
export interface Curve {
  readonly epoch: readonly number[]
  readonly mean: readonly number[]
  readonly min: readonly number[]
  readonly max: readonly number[]
}

export const curveNames = ['loss', 'top1', 'clipsPerSecond', 'lr'] as const
export type CurveName = (typeof curveNames)[number]

/** Points that replace everything from index `from` on: an append, a bucket that grew, or the whole curve. */
export interface CurveUpdate {
  readonly from: number
  readonly points: Curve
}

/** A stretch that was trained: epochs `start`..`end` of a phase; `mismatch` where a step's shape was not the planned one. */
export interface Span {
  readonly phase: number
  readonly start: number
  readonly end: number
  readonly mismatch: boolean
}

/** A stretch of epochs in which training waited for data for `share` of the time, 0..1. */
export interface InputStretch {
  readonly start: number
  readonly end: number
  readonly share: number
}

export interface Mark {
  readonly kind: 'checkpoint' | 'best' | 'held' | 'resumed' | 'stopped' | 'edit' | 'problem'
  readonly epoch: number
  readonly time: number
  readonly text: string
}

export interface Evaluation {
  readonly epoch: number
  readonly iteration: number
  readonly loss: number | null
  readonly top1: number
  readonly top5: number
  readonly k: number
  /** Mean average precision, 0..1, of a multi-label data set. */
  readonly map?: number
}

/**
 * A schedule that was edited while its run trains: `proposed` to the person, `refused` because it cannot be, or applied
 * and waiting for its epoch.
 */
export type EditView =
  | {
      readonly state: 'proposed' | 'waits'
      readonly fromEpoch: number
      readonly changes: readonly string[]
      readonly outcome?: EditOutcome | undefined
    }
  | { readonly state: 'refused'; readonly changes: readonly string[]; readonly reason: string }

/** Throughput of one shape so far; `inputShare` is the share of its time spent waiting for data, 0..1. */
export interface ShapeStats {
  readonly shape: Omit<StepShape, 'stride'>
  readonly steps: number
  readonly clipsPerSecond: number
  readonly secondsPerStep: number
  readonly inputShare: number
}

export interface Now {
  readonly iteration: number
  readonly epoch: number
  readonly phase: number
  readonly shape: StepShape
  readonly lr: number
  readonly loss: number | null
  readonly top1: number
  readonly clipsPerSecond: number
  /** Share of the last steps' time that was waiting for data, 0..1; `inputBound` where that holds training up. */
  readonly inputShare: number
  readonly inputBound: boolean
  readonly progress: number
  readonly secondsLeft: number
}

/**
 * `gone`: the record says the run lives, but no trainer answers; it can be resumed from its checkpoint. `elsewhere`: its
 * trainer lives on another machine that shares the disk, and can be looked at from here, not steered.
 */
export type RunPhase = RunStateName | 'connecting' | 'elsewhere' | 'gone'

export interface RunView {
  readonly id: string
  readonly name: string
  readonly state: RunPhase
  readonly reason: string
  /** Of a failure: where more is told. */
  readonly help?: Help | undefined
  readonly info?: EventOf<'run'>
  readonly plan?: WirePlan
  readonly iterations: number
  readonly rates: readonly (readonly [epoch: number, lr: number])[]
  readonly forecast?: Forecast
  /** How many times more multiply-adds the same training takes without multigrid; absent where it has neither cycle. */
  readonly workSaved?: number
  readonly now?: Now
  readonly device?: EventOf<'device'>
  /** Null where there is none any more: what is undefined gets lost between host and view. */
  readonly edit?: EditView | null | undefined
  readonly curves: Readonly<Record<CurveName, Curve>>
  readonly spans: readonly Span[]
  readonly shapes: readonly ShapeStats[]
  /** Where waiting for data held training up, in order and apart from each other. */
  readonly inputBound: readonly InputStretch[]
  readonly evaluations: readonly Evaluation[]
  readonly marks: readonly Mark[]
  /** The last problems, newest last; `problemCount` counts all. */
  readonly problems: readonly { readonly time: number; readonly message: string }[]
  readonly problemCount: number
}

export interface RunSummary {
  readonly id: string
  readonly name: string
  readonly state: RunPhase
  readonly created: string
}

export interface ViewState {
  readonly runs: readonly RunSummary[]
  /** What is drawn: a run, or the plan of the schedule in the editor when nothing runs (its `id` is then empty). */
  readonly run?: RunView
  /** Schedule files of the workspace, for the empty state. */
  readonly schedules: readonly string[]
  /** What the page keeps for the host over a reload of the window: the schedule that it previews, which can be started. */
  readonly keep?: string
  /** What keeps training from starting here, in a sentence; absent when nothing does. */
  readonly obstacle?: string
}

/** A snapshot when the view appears or another run is chosen; then updates, at most ten a second. */
export type HostToView =
  | { readonly type: 'snapshot'; readonly state: ViewState }
  | {
      readonly type: 'update'
      readonly runs?: readonly RunSummary[]
      /** Parts of the run that changed; curves travel apart. */
      readonly run?: Partial<Omit<RunView, 'curves'>>
      readonly curves?: Partial<Record<CurveName, CurveUpdate>>
    }

/** What a click in the view may ask of the extension: one of these words and a run's id, nothing else. */
export const viewToHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({
    type: z.literal('command'),
    command: z.enum([
      'start',
      'hold',
      'release',
      'resume',
      'stop',
      'checkpoint',
      'openLog',
      'openSchedule',
      'newSchedule',
      'installRuntime',
      'explainInput',
      'showBatch',
      'applyEdit',
      'dismissEdit',
      'withdrawEdit',
      'showEdit',
    ]),
  }),
  z.object({ type: z.literal('select'), run: z.string().max(200) }),
])

export type ViewToHost = z.infer<typeof viewToHost>
