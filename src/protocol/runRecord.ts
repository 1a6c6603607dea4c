import * as z from 'zod'
import { runStates } from './events'

/** Names inside a run folder; nothing of a run lives outside it. */
export const runFiles = {
  record: 'run.json',
  config: 'config.json',
  plan: 'plan.json',
  events: 'events.jsonl',
  checkpoints: 'checkpoints',
  log: 'trainer.log',
} as const

/** Where runs live, relative to the folder that holds the schedule file. */
export const runsFolder = '.multigrid/runs'

/**
 * run.json, mode 0600 because it holds the token. `pid`, `port` and `token` are of the last process that trained the
 * run; `state` is that process's last word, so after a kill it may still say `running` (see `liveness`).
 */
export const runRecord = z.object({
  id: z.string().regex(/^[\w.-]+$/),
  name: z.string(),
  created: z.string(),
  schedule: z.string(),
  state: z.enum(runStates),
  reason: z.string(),
  engine: z.string().optional(),
  pid: z.number().int().positive().optional(),
  port: z.number().int().min(1).max(65535).optional(),
  token: z.string().optional(),
  /** Of the best checkpoint; `bestMap` of a multi-label data set, by which it is then chosen. */
  bestTop1: z.number().optional(),
  bestMap: z.number().optional(),
})

export type RunRecord = z.infer<typeof runRecord>
