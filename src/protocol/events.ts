import * as z from 'zod'
import { plainText } from './plainText'

const count = z.number().int().nonnegative()
const seconds = z.number().nonnegative()
/** What is written for a person; see `plainText`. */
const words = z.string().transform(plainText)

/** What one step trained on: clips × frames × size × size, frames `stride` apart in the video (a mean over the batch). */
export const stepShape = z.object({
  batch: count,
  frames: count,
  size: count,
  stride: z.number().nonnegative(),
})

const planShape = z.object({
  batch: count,
  frames: count,
  size: count,
  jitter: z.tuple([z.number(), z.number()]),
})

const norm = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('plain') }),
  z.object({ kind: z.literal('split'), splits: count }),
  z.object({ kind: z.literal('sync'), devices: count }),
])

/** The plan as it travels: see `Plan` in src/schedule */
export const wirePlan = z.object({
  epochs: count,
  phases: z.array(
    z.object({
      lrStage: count,
      startEpoch: count,
      endEpoch: count,
      fineTune: z.boolean(),
      shapes: z.array(planShape),
      stride: z.tuple([count, count]),
      norm,
    }),
  ),
})

/** Seconds are wall-clock on this machine; `secondsPerStep[phase][shape]` is what a step costs, measured or observed. */
export const forecast = z.object({
  secondsLeft: seconds,
  phaseSeconds: z.array(seconds),
  secondsPerStep: z.array(z.array(seconds)),
  /** How many times faster than the same training without multigrid; absent where the full shape was not timed. */
  speedUp: z.number().positive().optional(),
})

/** A gauge that the machine does not have is absent, never 0. Memory in MiB, power in W, temperature in °C, utilisation 0..100. */
const gauges = {
  gpuUtilisation: z.number().optional(),
  gpuMemoryMiB: z.number().optional(),
  gpuMemoryTotalMiB: z.number().optional(),
  gpuPowerW: z.number().optional(),
  gpuTemperature: z.number().optional(),
  cpuUtilisation: z.number(),
  rssMiB: z.number(),
}

/**
 * How clips are read: counters are of the process so far, sizes in MiB. `busy` is the mean number of decoding threads at
 * work since the last report, 0..workers; `secondsPerClip` the mean time that one of them takes to decode a clip.
 */
const input = z.object({
  workers: count,
  cores: count,
  busy: z.number().nonnegative(),
  decoded: count,
  fromMemory: count,
  fromDisk: count,
  /** Absent before the first clip. */
  secondsPerClip: seconds.optional(),
  memoryMiB: z.number().nonnegative(),
  memoryLimitMiB: z.number().nonnegative(),
  /** Absent without a disk cache. */
  diskMiB: z.number().nonnegative().optional(),
  diskLimitMiB: z.number().nonnegative().optional(),
  /** What all clips take decoded, estimated from those that were; absent before. */
  datasetMiB: z.number().nonnegative().optional(),
  /** Short side of the videos as they are stored, pixels, the median; absent where it is not known. */
  shortSide: z.number().positive().optional(),
})

export const runStates = [
  'starting',
  'running',
  'holding',
  'held',
  'releasing',
  'released',
  'stopping',
  'stopped',
  'finished',
  'failed',
] as const

/** States that end the trainer process; a run in one of them can be resumed from its checkpoint, unless it finished. */
export const endStates: readonly RunStateName[] = ['released', 'stopped', 'finished', 'failed']

/** What an edited schedule comes to. */
export const editOutcome = z.object({
  plan: wirePlan,
  iterations: count,
  /** As in a `plan` event. */
  rates: z.array(z.tuple([z.number(), z.number()])),
  /** Wall-clock, from now on, by the edited schedule and by the one that it takes the place of. */
  secondsLeft: seconds,
  secondsLeftBefore: seconds,
})

const payloads = [
  z.object({
    type: z.literal('run'),
    id: z.string(),
    name: words,
    model: words,
    parameters: count,
    /** Forward FLOPs of one clip at each [frames, size] of the plan. */
    flopsPerClip: z.array(z.object({ frames: count, size: count, flops: z.number() })),
    classes: z.array(words),
    clips: z.object({ train: count, val: count }),
    backend: words,
    device: words,
    /** Why this backend, in one line; `slow` says on screen that it is not the fast one. */
    reason: words,
    slow: words.optional(),
    /** How many layers are normalised, and over which clips, in one line. */
    normalisation: words.optional(),
    versions: z.record(z.string(), words),
    /** Where this process starts: 0, or its checkpoint's. Steps on record from here on were lost, and are trained again. */
    iteration: count,
    epoch: z.number().nonnegative(),
  }),
  z.object({
    type: z.literal('plan'),
    plan: wirePlan,
    iterations: count,
    /** Learning rate at each quarter of each epoch, thinned to at most 2,000 points: [epoch, rate]. */
    rates: z.array(z.tuple([z.number(), z.number()])),
    forecast: forecast.optional(),
    /** What an applied edit changed, in words; empty for the first plan. */
    changes: z.array(words),
  }),
  z.object({
    type: z.literal('step'),
    iteration: count,
    epoch: z.number(),
    phase: count,
    shape: stepShape,
    lr: z.number(),
    loss: z.number().nullable(),
    top1: z.number(),
    clips: count,
    seconds: z.object({ data: seconds, compute: seconds }),
    /** Share of the whole training's cost that is done, 0..1, and the wall-clock seconds that remain. */
    progress: z.number(),
    secondsLeft: seconds,
  }),
  z.object({ type: z.literal('device'), ...gauges, input: input.optional() }),
  z.object({
    type: z.literal('evaluation'),
    iteration: count,
    epoch: z.number(),
    clips: count,
    loss: z.number().nullable(),
    top1: z.number(),
    top5: z.number(),
    /** k of "top-5": min(5, classes). */
    k: count,
    /** Mean average precision, 0..1, of a multi-label data set; top-1 and top-5 then count clips with one of their classes there. */
    map: z.number().optional(),
    /** Validation videos that could not be read; absent where there is none. `clips` does not count them. */
    unreadable: count.optional(),
    seconds,
  }),
  z.object({
    type: z.literal('checkpoint'),
    path: z.string(),
    iteration: count,
    epoch: z.number(),
    bytes: count,
    best: z.boolean(),
  }),
  z.object({
    /** An edit that was asked for: it waits for its epoch, or was taken back before. Once it is trained, a `plan` says so. */
    type: z.literal('edit'),
    state: z.enum(['waits', 'withdrawn']),
    fromEpoch: z.number().nonnegative(),
    changes: z.array(words),
    /** What it comes to; absent where it was taken back. */
    outcome: editOutcome.optional(),
  }),
  z.object({
    type: z.literal('state'),
    state: z.enum(runStates),
    reason: words,
    /** Of a failure: where a person finds out more. */
    help: z.enum(['doctor', 'log']).optional(),
  }),
  z.object({
    type: z.literal('problem'),
    kind: z.enum(['clip', 'non-finite', 'memory', 'shape', 'checkpoint', 'data', 'note']),
    message: words,
  }),
] as const

/** What a trainer says, before the log gives it a number and a time. */
export const eventPayload = z.discriminatedUnion('type', payloads)

const stamp = z.object({ seq: count, time: z.number() })

/** One line of events.jsonl and one `event` notification: `seq` is gapless from 1 per run, `time` is milliseconds since 1970. */
export const runEvent = z.intersection(stamp, eventPayload)

export type EventPayload = z.infer<typeof eventPayload>
export type RunEvent = z.infer<typeof runEvent>
export type EventOf<T extends EventPayload['type']> = Extract<EventPayload, { type: T }>
export type RunStateName = (typeof runStates)[number]
export type InputGauges = z.infer<typeof input>
export type EditOutcome = z.infer<typeof editOutcome>
export type Forecast = z.infer<typeof forecast>
export type WirePlan = z.infer<typeof wirePlan>
export type StepShape = z.infer<typeof stepShape>
