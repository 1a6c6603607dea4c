import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { ClipError } from './clipError'
import type { Frames } from './cut'
import { frameBytesOf, framesOf, outputArgs, scaleTo } from './ffmpegOutput'
import { complaints } from './unusable'
import { runFfmpeg } from './ffmpeg'
import type { Footage } from './footage'
import { FrameBytes } from './FrameBytes'
import { FrameLog } from './FrameLog'

export type PictureFootage = Extract<Footage, { kind: 'pictures' }>

/** The demuxer of pictures that come one after another, by the ending of their names. */
const demuxers: Readonly<Record<string, string>> = {
  '.jpg': 'jpeg_pipe',
  '.jpeg': 'jpeg_pipe',
  '.png': 'png_pipe',
  '.bmp': 'bmp_pipe',
  '.webp': 'webp_pipe',
}

/** How frames of colour are usually named, where a folder also holds others, of optical flow say. */
const usualPrefixes = /^(?:img|image|frame|im|rgb)?[_-]?$/i

export interface Picture {
  readonly name: string
  readonly number: number
}

/** Names of the pictures of a folder in the order of their numbers, which may begin anywhere. Rejects with ClipError. */
export async function listPictures(footage: PictureFootage): Promise<string[]> {
  return (await numberedPictures(footage)).map(({ name }) => name)
}

/** Of several series, by what stands before the number, the one named as frames usually are. Rejects with ClipError. */
export async function numberedPictures({ folder, count }: PictureFootage): Promise<Picture[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new ClipError(`the folder cannot be opened (${(error as NodeJS.ErrnoException).code ?? ''})`)
  })
  const series = new Map<string, Picture[]>()
  // Sorted, since folders are listed in an order of their own on each disk.
  for (const name of names.sort()) {
    const [, prefix, digits] = /^(?!\.)(|.*\D)(\d+)\.[^.]+$/.exec(name) ?? []
    if (digits === undefined || !(extname(name).toLowerCase() in demuxers)) continue
    const own = series.get(prefix!) ?? []
    series.set(prefix!, own)
    own.push({ name, number: Number(digits) })
  }
  const chosen = [...series].find(([prefix]) => series.size === 1 || usualPrefixes.test(prefix))?.[1]
  if (!chosen) {
    if (series.size === 0) throw new ClipError('the folder holds no numbered pictures')
    const prefixes = [...series.keys()].map((prefix) => `"${prefix}…"`).join(', ')
    throw new ClipError(`the folder holds several series of pictures (${prefixes})`)
  }
  return chosen.sort((a, b) => a.number - b.number).slice(0, count)
}

/**
 * Decodes pictures of a folder, each of them once, in the order of `names`, unless they come to more than `maxBytes`.
 * Rejects with ClipError or DecoderMissing.
 */
export async function decodePictures(options: {
  ffmpeg: string
  folder: string
  names: readonly string[]
  shortSide: number
  maxBytes: number
  signal: AbortSignal
}): Promise<Frames | 'too large'> {
  const { ffmpeg, folder, names, shortSide, maxBytes, signal } = options
  const demuxer = demuxers[extname(names[0]!).toLowerCase()]!
  const other = names.find((name) => demuxers[extname(name).toLowerCase()] !== demuxer)
  if (other !== undefined) throw new ClipError(`its pictures are of several kinds (${names[0]}, ${other})`)
  const enough = new AbortController()
  const seen = new FrameLog()
  const bytes = new FrameBytes(() =>
    seen.width === 0 ? undefined : Math.min(names.length * frameBytesOf(seen), maxBytes),
  )
  const outcome = await runFfmpeg({
    ffmpeg,
    args: [
      ...['-protocol_whitelist', 'pipe', '-threads', '1', '-f', demuxer, '-i', 'pipe:0'],
      ...outputArgs([scaleTo(shortSide), seen.filter]),
    ],
    signal: AbortSignal.any([signal, enough.signal]),
    input: contents(folder, names),
    onOutput: (chunk) => {
      if (bytes.length + chunk.length > maxBytes) enough.abort()
      else bytes.add(chunk)
    },
    onLine: (line) => seen.take(line),
  })
  signal.throwIfAborted()
  if (enough.signal.aborted) return 'too large'
  const frames = framesOf(bytes, seen)
  if (frames.count === names.length) return frames
  const words = complaints('pipe:0', outcome.log).slice(-2).join('; ')
  throw new ClipError(
    `only ${frames.count} of ${names.length} pictures can be decoded${words && ` (${words})`}`,
  )
}

async function* contents(folder: string, names: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const name of names) {
    try {
      yield* createReadStream(join(folder, name)) as AsyncIterable<Buffer>
    } catch (error) {
      throw new ClipError(
        `${name} cannot be opened (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      )
    }
  }
}
