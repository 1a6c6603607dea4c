import { setMaxListeners } from 'node:events'
import { join } from 'node:path'
import type { Clip } from './dataset'
import { inputArgs } from './decode'
import type { VideoFootage } from './decode'
import { runFfmpeg } from './ffmpeg'
import { listPictures } from './pictures'
import { headerOfPart, parsePictureSize, parseVideoHeader, promisedFrames } from './videoHeader'

/** Headers that are looked at. */
const sampled = 24

/**
 * How many bytes all clips would take decoded, at a shorter side of at most `shortSide` pixels: estimated from the headers
 * of a few, the same ones each time. Clips whose headers tell nothing count as the mean of the others.
 */
export async function decodedBytes(options: {
  clips: readonly Clip[]
  ffmpeg: string
  shortSide: number
  signal: AbortSignal
}): Promise<number> {
  const { clips } = options
  setMaxListeners(0, options.signal)
  const chosen = Array.from({ length: Math.min(sampled, clips.length) }, (_, index) => {
    return clips[Math.floor((index * clips.length) / Math.min(sampled, clips.length))]!
  })
  const sizes = await Promise.all(chosen.map((clip) => bytesOf(clip, options).catch(() => undefined)))
  const known = sizes.filter((size) => size !== undefined)
  if (known.length === 0) return 0
  return (known.reduce((sum, size) => sum + size, 0) / known.length) * clips.length
}

async function bytesOf(
  { footage }: Clip,
  { ffmpeg, shortSide, signal }: { ffmpeg: string; shortSide: number; signal: AbortSignal },
): Promise<number | undefined> {
  const names = footage.kind === 'pictures' ? await listPictures(footage) : undefined
  const looked: VideoFootage =
    footage.kind === 'video'
      ? { kind: 'video', file: footage.file }
      : { kind: 'video', file: join(footage.folder, names![0]!) }
  // Without an output it ends after the header, with an error that is none here.
  const { log } = await runFfmpeg({ ffmpeg, args: inputArgs(looked), signal })
  const size = parsePictureSize(log)
  const header = parseVideoHeader(log)
  if (!size || (!names && !header)) return undefined
  const part = footage.kind === 'video' ? footage.part : undefined
  const frames = names?.length ?? promisedFrames(headerOfPart(header!, part))
  const scale = Math.min(1, shortSide / Math.min(size.width, size.height))
  return frames * size.width * size.height * scale ** 2 * 3
}
