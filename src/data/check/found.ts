import * as z from 'zod'
import type { Footage } from '../footage'

const count = z.int().min(0)
/** What ffmpeg called an error, a line each. */
const complaints = z.array(z.string())

const video = z.object({
  at: z.literal('video'),
  /** As decoded; what the header says where only that was read. */
  seconds: z.number().min(0),
  frames: count,
  /** On average, as the header says; as decoded where it says nothing. */
  framesPerSecond: z.number().min(0),
  /** As shown, rotation applied. */
  width: count,
  height: count,
  codec: z.string(),
  bytes: count,
  /** Some frames are shown much longer than others. */
  varies: z.boolean(),
  /** What the header says, where it says it. */
  promised: z.object({ seconds: z.number(), frames: count }).optional(),
  complaints,
})

const pictures = z.object({
  at: z.literal('pictures'),
  count,
  width: count,
  height: count,
  codec: z.string(),
  /** Numbers that are left out between the first and the last. */
  missing: count,
  complaints,
})

const unreadable = z.object({ at: z.literal('unreadable'), reason: z.string() })

/** What reading a video file, or a folder of pictures, has found. */
export const foundSchema = z.discriminatedUnion('at', [video, pictures, unreadable])

export type Found = z.infer<typeof foundSchema>
export type FoundVideo = z.infer<typeof video>
export type FoundPictures = z.infer<typeof pictures>

/** The file or the folder that footage is taken from: several clips can be parts of one. */
export function sourceOf(footage: Footage): string {
  return footage.kind === 'video' ? footage.file : footage.folder
}
