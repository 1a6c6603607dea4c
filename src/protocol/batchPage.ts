import * as z from 'zod'

/** What the page of a batch asks of the extension: its picture, and the file of one of its clips, by row. */
export const batchToHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('open'), row: z.number().int().nonnegative() }),
])

export type BatchToHost = z.infer<typeof batchToHost>

/** The answer to `ready`: a PNG whose rows are those of the page. */
export interface HostToBatch {
  readonly type: 'picture'
  readonly png: Uint8Array<ArrayBuffer>
}
