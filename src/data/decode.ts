import { stat } from 'node:fs/promises'
import type { Frames } from './cut'
import { runFfmpeg } from './ffmpeg'
import type { FfmpegEnd } from './ffmpeg'
import { parseVideoHeader, promisedFrames } from './videoHeader'
import type { VideoHeader } from './videoHeader'

/** One clip cannot be used. `reason` is a phrase for a person, from ffmpeg's own words. */
export class ClipError extends Error {
  override readonly name = 'ClipError'
  constructor(
    readonly file: string,
    readonly reason: string,
  ) {
    super(`${file}: ${reason}`)
  }
}

/** A video is held whole, or, when that would be too much, read a window at a time. */
export type Video =
  | { readonly kind: 'whole'; readonly frames: Frames }
  | { readonly kind: 'long'; readonly header: VideoHeader }

/** Videos that say they are longer are read a window at a time and never kept. */
export const longestWholeSeconds = 10

export interface DecodeOptions {
  readonly ffmpeg: string
  readonly file: string
  /** The shorter side of the decoded frames; a smaller video keeps its size. */
  readonly shortSide: number
  readonly signal: AbortSignal
}

/**
 * Decodes every frame as shown (rotation applied), unless the header says more than `maxSeconds` or the frames come
 * to more than `maxBytes`. One process, no probe before it: starting ffmpeg costs more than decoding a short clip.
 * A video that does not say how long it is is used as far as it fits. Rejects with ClipError or DecoderMissing.
 */
export async function openVideo(
  options: DecodeOptions & { readonly maxSeconds: number; readonly maxBytes: number },
): Promise<Video> {
  const enough = new AbortController()
  const chunks: Buffer[] = []
  let bytes = 0
  let header: VideoHeader | undefined
  const outcome = await runFfmpeg({
    ffmpeg: options.ffmpeg,
    args: [...inputArgs(options.file), ...outputArgs([scaleTo(options.shortSide)])],
    signal: AbortSignal.any([options.signal, enough.signal]),
    onOutput: (chunk) => {
      bytes += chunk.length
      if (bytes > options.maxBytes) enough.abort()
      else chunks.push(chunk)
    },
    onLog: (log) => {
      header ??= parseVideoHeader(log)
      if (header && header.seconds > options.maxSeconds) enough.abort()
    },
  })
  options.signal.throwIfAborted()
  if (enough.signal.aborted && header) return { kind: 'long', header }
  const frames = parsePictures(options.file, Buffer.concat(chunks))
  if (frames.count === 0) throw await unusable(options.file, outcome)
  const words = complaints(options.file, outcome.log)
  const reason = header && tooLittle(frames.count, promisedFrames(header), words)
  if (reason !== undefined) throw new ClipError(options.file, reason)
  return { kind: 'whole', frames }
}

/** Why a video of which so many frames could be decoded is not used at all, if it is not. */
export function tooLittle(
  decoded: number,
  promised: number,
  complaints: readonly string[],
): string | undefined {
  if (decoded >= promised / 2 || complaints.length === 0) return undefined
  return `only ${decoded} of ${promised} frames can be decoded`
}

/** Seeks and decodes frames `first`, `first + stride`, ... of a long video: `count` of them, fewer at its end. */
export async function decodeWindow(
  options: DecodeOptions & {
    readonly header: VideoHeader
    readonly first: number
    readonly stride: number
    readonly count: number
  },
): Promise<Frames> {
  const { file, first, stride, count } = options
  // Half a frame early, so that rounding of timestamps cannot skip the frame that is meant.
  const seconds = Math.max(0, first - 0.5) / options.header.framesPerSecond
  const everyStride = `select='not(mod(n,${stride}))'`
  const chunks: Buffer[] = []
  const outcome = await runFfmpeg({
    ffmpeg: options.ffmpeg,
    args: [
      ...(first > 0 ? ['-ss', seconds.toFixed(6)] : []),
      ...inputArgs(file),
      ...outputArgs([everyStride, scaleTo(options.shortSide)], count),
    ],
    signal: options.signal,
    onOutput: (chunk) => chunks.push(chunk),
  })
  options.signal.throwIfAborted()
  const frames = parsePictures(file, Buffer.concat(chunks))
  if (frames.count > 0) return frames
  // The header promised more than there is: the start of the video is surely there.
  if (first > 0) return decodeWindow({ ...options, first: 0 })
  throw await unusable(file, outcome)
}

/** The file protocol and nothing else: a file that is really a playlist must not reach the network. */
export function inputArgs(file: string): string[] {
  return ['-protocol_whitelist', 'file', '-threads', '1', '-i', `file:${file}`]
}

/** Every frame once, as a run of PPM pictures: they tell their own size, so that rotation needs no arithmetic here. */
function outputArgs(filters: readonly string[], count?: number): string[] {
  // Frames are numbered anew at a constant rate, else ffmpeg would repeat and drop some to even out their times.
  const chain = [...filters, 'settb=1/25', 'setpts=N'].join(',')
  const limit = count === undefined ? [] : ['-frames:v', `${count}`]
  const format = ['-f', 'image2pipe', '-c:v', 'ppm', '-pix_fmt', 'rgb24', '-threads', '1', 'pipe:1']
  return ['-map', '0:V:0', '-filter_threads', '1', '-vf', chain, '-r', '25', ...limit, ...format]
}

function scaleTo(shortSide: number): string {
  const side = Math.round(shortSide)
  return `scale=w='if(lt(iw,ih),min(${side},iw),-1)':h='if(lt(iw,ih),-1,min(${side},ih))'`
}

/** Whole pictures only: what a killed ffmpeg left half-written at the end is dropped. */
function parsePictures(file: string, ppm: Buffer): Frames {
  const size = pictureSize(ppm, 0)
  if (!size) return { pixels: new Uint8Array(0), count: 0, width: 0, height: 0 }
  const { width, height, headerBytes } = size
  const frameBytes = width * height * 3
  const count = Math.floor(ppm.length / (headerBytes + frameBytes))
  const pixels = new Uint8Array(new SharedArrayBuffer(count * frameBytes))
  for (let frame = 0; frame < count; frame++) {
    const at = frame * (headerBytes + frameBytes)
    if (ppm.compare(ppm, 0, headerBytes, at, at + headerBytes) !== 0) {
      throw new ClipError(file, `its picture size changes after ${frame} frames`)
    }
    pixels.set(ppm.subarray(at + headerBytes, at + headerBytes + frameBytes), frame * frameBytes)
  }
  return { pixels, count, width, height }
}

function pictureSize(
  ppm: Buffer,
  at: number,
): { width: number; height: number; headerBytes: number } | undefined {
  const match = /^P6\s(\d+)\s(\d+)\s255\s/.exec(ppm.toString('latin1', at, at + 32))
  return match
    ? { width: Number(match[1]), height: Number(match[2]), headerBytes: match[0].length }
    : undefined
}

/** What is wrong with a video of which no frame could be decoded. */
export async function unusable(file: string, { end, log }: FfmpegEnd): Promise<ClipError> {
  const found = await stat(file).catch(
    (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown error',
  )
  if (typeof found === 'string') return new ClipError(file, `it cannot be opened (${found})`)
  if (found.size === 0) return new ClipError(file, 'the file is empty')
  const words = complaints(file, log).slice(-2).join('; ')
  return new ClipError(file, words || (end === 0 ? 'it holds no video' : `ffmpeg ended with ${end}`))
}

/** What ffmpeg called an error, without the name of the part that said so and of the file. */
export function complaints(file: string, log: string): string[] {
  const lines = log
    .replaceAll(`file:${file}: `, '')
    .split('\n')
    .flatMap((line) => {
      const error = /^(?:\[[^\]]*@[^\]]*\] )*\[(?:error|fatal|panic)\] (.*\S)/.exec(line)
      return error ? [error[1]!] : []
    })
  return [...new Set(lines)]
}
