import * as z from 'zod'
import { editOutcome } from './events'

/** Raised when a message changes its meaning; a client and a trainer that differ refuse each other in `hello`. */
export const protocolVersion = 1

/** Frames over this close the connection, in both directions. */
export const maxFrameBytes = 1 << 20

const nothing = z.object({})
const empty = z.object({}).optional()

const edit = {
  /** Fractional where it is taken in the middle of an epoch. */
  fromEpoch: z.number(),
  changes: z.array(z.string()),
}

/** Everything a client may ask; each is answered with `result`, or with an error that a person can read. */
export const requests = {
  /** First on every connection: proves that the trainer behind this port is the one of this run. */
  hello: {
    params: z.object({ run: z.string(), protocol: z.number() }),
    result: z.object({ run: z.string(), pid: z.number(), seq: z.number(), state: z.string() }),
  },
  /** Events from `fromSeq` on, first those on record, then as they come. */
  subscribe: { params: z.object({ fromSeq: z.number().int().min(1) }), result: nothing },
  /**
   * What the run does when this client was the last one and has been gone for so many seconds: goes on, which it does
   * unasked, or saves, frees the device and exits as for `release`. For those who close their editor to end their work.
   */
  whenAlone: {
    params: z.object({ do: z.enum(['train', 'release']), afterSeconds: z.number().min(0).max(3600) }),
    result: nothing,
  },
  /** Stop stepping, keep everything in memory. Answered when the step under way has ended. */
  hold: { params: empty, result: nothing },
  /** Save, free the device and exit. Answered when the checkpoint is on disk. */
  release: { params: empty, result: z.object({ iteration: z.number() }) },
  /** Undoes `hold`; a released run is resumed by starting its trainer again. */
  resume: { params: empty, result: nothing },
  stop: {
    params: z.object({ checkpoint: z.boolean() }),
    result: z.object({ iteration: z.number(), checkpoint: z.string().optional() }),
  },
  checkpoint: { params: empty, result: z.object({ iteration: z.number(), path: z.string() }) },
  /** What an edited schedule would change, and from when; nothing is applied. */
  previewConfig: {
    params: z.object({ config: z.unknown() }),
    result: z.object({ ...edit, outcome: editOutcome.optional() }),
  },
  /**
   * Takes the edited schedule from the next epoch on; at once where it changes neither the shapes nor the clips of any
   * step. One that waits already gives way to it.
   */
  applyConfig: { params: z.object({ config: z.unknown() }), result: z.object(edit) },
  /** Takes back an edit that waits for its epoch. */
  withdrawConfig: { params: empty, result: nothing },
} as const

export type Method = keyof typeof requests
export type Params<M extends Method> = z.infer<(typeof requests)[M]['params']>
export type Result<M extends Method> = z.infer<(typeof requests)[M]['result']>

/** Both ends implement this: the server with handlers, the client with calls. */
export type TrainerApi = { [M in Method]: (params: Params<M>) => Promise<Result<M>> }
