import { basename, join } from 'node:path'
import { ClipError } from '../clipError'
import { complaints } from '../unusable'
import { runFfmpeg } from '../ffmpeg'
import { numberedPictures } from '../pictures'
import { isLasting } from './inspected'
import type { Inspected } from './inspected'
import { streamShown } from './streamShown'

/**
 * Lists a folder of pictures and decodes the first, the middle and the last of them.
 * Rejects with DecoderMissing, and with the signal's reason when it is aborted.
 */
export async function inspectPictures(options: {
  ffmpeg: string
  folder: string
  signal: AbortSignal
}): Promise<Inspected> {
  const { ffmpeg, folder, signal } = options
  const listed = await numberedPictures({ kind: 'pictures', folder }).catch((error: unknown) => {
    if (error instanceof ClipError) return error
    throw error
  })
  if (listed instanceof ClipError) {
    return { found: { at: 'unreadable', reason: listed.reason }, lasting: false }
  }
  const numbered = listed
  const chosen = [0, Math.floor((numbered.length - 1) / 2), numbered.length - 1]
  const files = [...new Set(chosen)].map((index) => join(folder, numbered[index]!.name))
  const all = await decodePictures({ ffmpeg, files, signal })
  // One process for the three of them, unless one is broken: then each, to know which.
  const each =
    all.decoded && all.words.length === 0
      ? [all]
      : await Promise.all(files.map((file) => decodePictures({ ffmpeg, files: [file], signal })))
  const good = each.find((one) => one.decoded)
  const words = each.flatMap((one) => one.words)
  const lasting = each.every((one) => one.lasting)
  if (!good) return { found: { at: 'unreadable', reason: words.join('; ') }, lasting }
  const found = {
    at: 'pictures',
    count: numbered.length,
    width: good.width,
    height: good.height,
    codec: good.codec,
    missing: missingNumbers(numbered.map(({ number }) => number)),
    complaints: words,
  } as const
  return { found, lasting }
}

async function decodePictures(options: {
  ffmpeg: string
  files: readonly string[]
  signal: AbortSignal
}): Promise<{
  decoded: boolean
  lasting: boolean
  words: string[]
  codec: string
  width: number
  height: number
}> {
  const { ffmpeg, files, signal } = options
  const outcome = await runFfmpeg({
    ffmpeg,
    args: [
      // As named, whatever % and * there are in the name.
      ...files.flatMap((file) => [
        ...['-protocol_whitelist', 'file', '-threads', '1', '-f', 'image2', '-pattern_type', 'none'],
        ...['-i', `file:${file}`],
      ]),
      ...files.flatMap((_, index) => ['-map', `${index}:V:0`]),
      ...['-filter_threads', '1', '-f', 'null', '-'],
    ],
    signal,
    onOutput: () => undefined,
  })
  signal.throwIfAborted()
  const { end, log } = outcome
  // The first line is what is wrong with the picture, the others what follows from it.
  const words = files.flatMap((file) =>
    complaints(file, log)
      .slice(0, 1)
      .map((line) => `${basename(file)}: ${line}`),
  )
  const stream = streamShown(log)
  return {
    decoded: end === 0 && stream !== undefined,
    lasting: files.every((file) => isLasting(file, outcome)),
    words: end === 0 || words.length > 0 ? words : [`${basename(files[0]!)}: ffmpeg ended with ${end}`],
    codec: stream?.codec ?? '',
    width: stream?.width ?? 0,
    height: stream?.height ?? 0,
  }
}

/** How many numbers are left out, where they go on in equal steps; 0 where they are no such numbers, but times. */
function missingNumbers(numbers: readonly number[]): number {
  const steps = numbers.slice(1).map((number, index) => number - numbers[index]!)
  const step = steps.reduce((least, one) => Math.min(least, one), Infinity)
  if (!(step > 0)) return 0
  const missing = steps.reduce((sum, one) => sum + Math.round(one / step) - 1, 0)
  return missing <= numbers.length ? missing : 0
}
