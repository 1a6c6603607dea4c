import { setMaxListeners } from 'node:events'
import { join } from 'node:path'
import type { Clip } from './dataset'
import { inputArgs } from './ffmpegInput'
import { longestWholeSeconds } from './video'
import { runFfmpeg } from './ffmpeg'
import { listPictures } from './pictures'
import { headerOfPart, parsePictureSize, parseVideoHeader, promisedFrames } from './videoHeader'

/** Headers that are looked at. */
const sampled = 24

export interface Decoded {
  /** Of all clips, decoded, but those that are too long to be kept; undefined where no header tells. */
  readonly bytes: number | undefined
  /** Median shorter side of the pictures as they are stored; undefined where no header tells. */
  readonly storedSide: number | undefined
}

/**
 * What all clips would take decoded, at a shorter side of at most `shortSide` pixels: estimated from the headers of a few,
 * the same ones each time. Clips whose headers tell nothing count as the mean of the others.
 */
export async function estimateDecoded(options: {
  clips: readonly Clip[]
  ffmpeg: string
  shortSide: number
  signal: AbortSignal
}): Promise<Decoded> {
  const { clips } = options
  setMaxListeners(0, options.signal)
  const chosen = Array.from({ length: Math.min(sampled, clips.length) }, (_, index) => {
    return clips[Math.floor((index * clips.length) / Math.min(sampled, clips.length))]!
  })
  const looked = await Promise.all(chosen.map((clip) => look(clip, options).catch(() => undefined)))
  const known = looked.filter((one) => one !== undefined)
  if (known.length === 0) return { bytes: undefined, storedSide: undefined }
  const sides = known.map(({ side }) => side).sort((a, b) => a - b)
  return {
    bytes: (known.reduce((sum, { bytes }) => sum + bytes, 0) / known.length) * clips.length,
    storedSide: sides[Math.floor(sides.length / 2)],
  }
}

async function look(
  { footage }: Clip,
  { ffmpeg, shortSide, signal }: { ffmpeg: string; shortSide: number; signal: AbortSignal },
): Promise<{ bytes: number; side: number } | undefined> {
  const names = footage.kind === 'pictures' ? await listPictures(footage) : undefined
  // A picture is one file, whatever % and * there are in its name.
  const one = ['-f', 'image2', '-pattern_type', 'none']
  const args =
    footage.kind === 'video'
      ? inputArgs({ kind: 'video', file: footage.file })
      : [...one, ...inputArgs({ kind: 'video', file: join(footage.folder, names![0]!) })]
  // Without an output it ends after the header, with an error that is none here.
  const { log } = await runFfmpeg({ ffmpeg, args, signal })
  const size = parsePictureSize(log)
  const header = parseVideoHeader(log)
  if (!size || (!names && !header)) return undefined
  const part = footage.kind === 'video' ? footage.part : undefined
  const shown = header && headerOfPart(header, part)
  const isLong = !names && shown!.seconds > longestWholeSeconds
  const frames = isLong ? 0 : (names?.length ?? promisedFrames(shown!))
  const side = Math.min(size.width, size.height)
  const scale = Math.min(1, shortSide / side)
  return { bytes: frames * size.width * size.height * scale ** 2 * 3, side }
}
