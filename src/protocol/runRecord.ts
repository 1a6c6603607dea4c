import * as z from 'zod'
import { runStates } from './events'
import { plainText } from './plainText'

/** Names inside a run folder; nothing of a run lives outside it. */
export const runFiles = {
  record: 'run.json',
  config: 'config.json',
  plan: 'plan.json',
  events: 'events.jsonl',
  checkpoints: 'checkpoints',
  log: 'trainer.log',
  lock: 'trainer.lock',
} as const

/** Where runs live, relative to the folder that holds the schedule file. */
export const runsFolder = '.multigrid/runs'

const words = z.string().transform(plainText)

/** More than any record has: reasons are cut, paths are short. */
export const mostRecordBytes = 1 << 16
export const mostConfigBytes = 1 << 20
/** How far a run is: written with every state and checkpoint. `seconds` were trained, all processes together, pauses left out. */
const runProgress = z.object({
  iteration: z.number().int().nonnegative(),
  iterations: z.number().int().nonnegative(),
  epoch: z.number().nonnegative(),
  epochs: z.number().int().nonnegative(),
  seconds: z.number().nonnegative(),
})

/**
 * run.json, mode 0600 because it holds the token. `pid`, `port` and `token` are of the last process that trained the
 * run; `state` is that process's last word, so after a kill it may still say `running` (see `liveness`).
 */
export const runRecord = z.object({
  id: z.string().regex(/^[\w.-]+$/),
  name: words,
  created: words,
  /** Where the schedule file was at the start; where it is now follows from the folder (`scheduleOf`). */
  schedule: z.string(),
  state: z.enum(runStates),
  reason: words,
  /** `tfjs-node-gpu (NVIDIA A100)`: backend and device. */
  engine: words.optional(),
  pid: z.number().int().positive().optional(),
  /** The machine of `pid`. */
  host: z.string().optional(),
  port: z.number().int().min(1).max(65535).optional(),
  token: z
    .string()
    .regex(/^[\w-]{1,128}$/)
    .optional(),
  /** Of the best checkpoint; `bestMap` of a multi-label data set, by which it is then chosen. */
  bestTop1: z.number().optional(),
  bestMap: z.number().optional(),
  progress: runProgress.optional(),
})

export type RunProgress = z.infer<typeof runProgress>

export type RunRecord = z.infer<typeof runRecord>
