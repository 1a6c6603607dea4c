import * as z from 'zod'

/** What trainer.lock says: the process that may write into the run folder, and its machine. */
export const lockHolder = z.object({ pid: z.number().int().positive(), host: z.string() })

export type LockHolder = z.infer<typeof lockHolder>
