import { stat } from 'node:fs/promises'
import { ClipError } from './clipError'
import type { Frames } from './cut'
import { outputPipe, runFfmpeg } from './ffmpeg'
import type { FfmpegEnd } from './ffmpeg'
import type { Footage } from './footage'
import { FrameBytes } from './FrameBytes'
import { FrameLog } from './FrameLog'
import { frameTimes, momentOf } from './playback'
import type { FrameTimes } from './playback'
import { headerOfPart, parseVideoHeader, promisedFrames } from './videoHeader'
import type { VideoHeader } from './videoHeader'

export type VideoFootage = Extract<Footage, { kind: 'video' }>

/** All frames of a clip, and when each is shown. */
export interface Whole {
  readonly kind: 'whole'
  readonly frames: Frames
  readonly times: FrameTimes
}

/** A video is held whole, or read a window at a time. */
export type Video =
  | Whole
  | {
      readonly kind: 'windows'
      readonly header: VideoHeader
      /** All frames together are more than may be held. */
      readonly tooLarge: boolean
    }

/** Videos that say they are longer are read a window at a time and never kept: clips of 10 s are a little longer. */
export const longestWholeSeconds = 12

/** Characters of a log in which a header is looked for. */
export const longestHeader = 16_384

/** Frames that room is made for where a header promises none. */
const unknownFrames = 64

export interface DecodeOptions {
  readonly ffmpeg: string
  readonly footage: VideoFootage
  /** The shorter side of the decoded frames; a smaller video keeps its size. */
  readonly shortSide: number
  readonly signal: AbortSignal
}

/**
 * Decodes every frame as shown (rotation applied), unless the header says that they last longer than `maxSeconds`, or
 * they come to more than `maxBytes`. One process, no probe before it. A video that does not say how long it is is used
 * as far as it fits. Rejects with ClipError or DecoderMissing.
 */
export async function decodeWhole(
  options: DecodeOptions & { readonly maxSeconds: number; readonly maxBytes: number },
): Promise<Whole | 'too long' | 'too large'> {
  const { ffmpeg, footage, shortSide, signal, maxSeconds, maxBytes } = options
  const enough = new AbortController()
  const seen = new FrameLog()
  let header: VideoHeader | undefined
  const bytes = new FrameBytes(() => {
    if (seen.width === 0) return undefined
    // One more than promised, which is usual.
    const frames = header ? promisedFrames(header) + 1 : unknownFrames
    return Math.min(frames * frameBytesOf(seen), maxBytes)
  })
  let headerLines = ''
  const outcome = await runFfmpeg({
    ffmpeg,
    args: [...inputArgs(footage), ...outputArgs([scaleTo(shortSide), seen.filter])],
    signal: AbortSignal.any([signal, enough.signal]),
    onOutput: (chunk) => {
      if (bytes.length + chunk.length > maxBytes) enough.abort()
      else bytes.add(chunk)
    },
    onLine: (line) => {
      if (seen.take(line)) return true
      if (!header && headerLines.length < longestHeader) {
        const found = parseVideoHeader((headerLines += `${line}\n`))
        header = found && headerOfPart(found, footage.part)
        if (header && header.seconds > maxSeconds) enough.abort()
      }
      return false
    },
  })
  signal.throwIfAborted()
  if (enough.signal.aborted && header) return header.seconds > maxSeconds ? 'too long' : 'too large'
  const frames = framesOf(bytes, seen)
  if (frames.count === 0) throw await unusable(footage, outcome)
  const words = complaints(footage.file, outcome.log)
  const reason = header && tooLittle(frames.count, promisedFrames(header), words)
  if (reason !== undefined) throw new ClipError(reason)
  return { kind: 'whole', frames, times: frameTimes(seen.times.slice(0, frames.count)) }
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

/**
 * How long before a moment decoding begins, so that the frame shown at it is among what is decoded, seconds: longer where
 * that was too late, since frames may be shown for long, and seeking in a broadcast stream lands behind its key frame.
 */
const leads = [0.25, 2, 12, 60]
/** Ticks to go back by when nothing is found where the header promised something. */
const steps = [64, 1024, Infinity]

/**
 * Seeks, and decodes the frames that a player shows at ticks `first`, `first + stride`, ... of a clock of `rate`:
 * `count` of them, fewer at the end of the video, the last one where it ends before them.
 */
export async function decodeWindow(
  options: DecodeOptions & {
    readonly rate: number
    /** Seconds from the beginning of the file, or of the part, to the first picture. */
    readonly offset?: number | undefined
    readonly first: number
    readonly stride: number
    readonly count: number
    /** Only the last frame is given. */
    readonly last?: boolean
  },
): Promise<Frames> {
  const { footage, first } = options
  const { frames, outcome } = await window(options)
  if (frames.count > 0) return frames
  // The header promised more than there is: the last frame that is there is held, as by a player.
  for (const back of first > 0 ? steps : []) {
    const from = Math.max(0, first - back)
    const { frames: last } = await window({
      ...options,
      first: from,
      stride: 1,
      count: first - from,
      last: true,
    })
    if (last.count > 0) return last
  }
  throw await unusable(footage, outcome)
}

type Window = Parameters<typeof decodeWindow>[0]

async function window(
  options: Window,
  [lead = 0, ...longer]: readonly number[] = leads,
): Promise<{ frames: Frames; outcome: FfmpegEnd }> {
  const { footage, rate, offset = 0, first } = options
  const moment = offset + momentOf(first, rate)
  // Of a part too, decoding may begin before it.
  const most = moment + (footage.part?.[0] ?? 0)
  const ahead = Math.min(most, lead + 2 / rate)
  const { late, ...found } = await windowFrom(options, moment, ahead)
  return late && ahead < most && longer.length > 0 ? window(options, longer) : found
}

/** `late`: nothing was decoded that is shown at the moment, seconds, though decoding began `ahead` of it. */
async function windowFrom(
  { ffmpeg, footage, shortSide, signal, rate, stride, count, last = false }: Window,
  moment: number,
  ahead: number,
): Promise<{ frames: Frames; outcome: FfmpegEnd; late: boolean }> {
  // `fps` gives, for each tick from its start on, the last frame that came before it: what a player shows. It rounds the
  // end of the video down, so that the last frame is held a little longer.
  const held = `tpad=stop_mode=clone:stop_duration=${((2 * stride) / rate).toFixed(6)}`
  const ticks = `fps=fps=${(rate / stride).toFixed(6)}:start_time=${ahead.toFixed(6)}:round=up`
  // Times from where decoding begins, in microseconds: ffmpeg itself would subtract it in the file's units, which may be
  // frames, and round.
  const from = (footage.part?.[0] ?? 0) + moment - ahead
  const clock = ['settb=AVTB', `setpts=PTS-${Math.round(1e6 * from)}`]
  const tail: Buffer[] = []
  let tailBytes = 0
  const decoded = new FrameLog('decoded')
  const seen = new FrameLog('shown')
  const bytes = new FrameBytes(() => (seen.width === 0 ? undefined : count * frameBytesOf(seen)))
  const outcome = await runFfmpeg({
    ffmpeg,
    args: [
      ...['-copyts', '-start_at_zero'],
      ...inputArgs(footage, moment - ahead),
      ...outputArgs([...clock, decoded.filter, held, ticks, scaleTo(shortSide), seen.filter], { count }),
    ],
    signal,
    onOutput: (chunk) => {
      if (!last) {
        bytes.add(chunk)
        return
      }
      // Of what may be hours, as much is held as the last frame needs.
      tail.push(chunk)
      tailBytes += chunk.length
      while (seen.width > 0 && tailBytes - tail[0]!.length >= 2 * frameBytesOf(seen)) {
        tailBytes -= tail.shift()!.length
      }
    },
    onLine: (line) => decoded.take(line) || seen.take(line),
  })
  signal.throwIfAborted()
  const late = decoded.times.length === 0 || decoded.times[0]! > ahead
  return { frames: last ? lastFrame(tail, seen) : framesOf(bytes, seen), outcome, late }
}

/** The file protocol and nothing else: a file that is really a playlist must not reach the network. */
export function inputArgs({ file, part }: VideoFootage, from = 0): string[] {
  const seconds = (part?.[0] ?? 0) + from
  const seek = seconds > 0 ? ['-ss', seconds.toFixed(6)] : []
  const end = part ? ['-t', Math.max(0, part[1] - seconds).toFixed(6)] : []
  return [...seek, ...end, '-protocol_whitelist', 'file', '-threads', '1', '-i', `file:${file}`]
}

/** Frames as they come, numbered anew at a constant rate, else ffmpeg would repeat and drop some to even out their times. */
export function outputArgs(
  filters: readonly string[],
  { count, input = 0, output = 0 }: { count?: number; input?: number; output?: number } = {},
): string[] {
  const chain = [...filters, 'settb=1/25', 'setpts=N'].join(',')
  const limit = count === undefined ? [] : ['-frames:v', `${count}`]
  const format = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-threads', '1', outputPipe(output)]
  return ['-map', `${input}:V:0`, '-filter_threads', '1', '-vf', chain, '-r', '25', ...limit, ...format]
}

export function scaleTo(shortSide: number): string {
  const side = Math.round(shortSide)
  return `scale=w='if(lt(iw,ih),min(${side},iw),-1)':h='if(lt(iw,ih),-1,min(${side},ih))'`
}

/** Whole frames only: what a killed ffmpeg left half-written at the end is dropped. */
export function framesOf(bytes: FrameBytes, log: FrameLog): Frames {
  const { width, height, changedAfter } = log
  if (changedAfter !== undefined) {
    throw new ClipError(`its picture size changes after ${changedAfter} frames`)
  }
  const frameBytes = frameBytesOf(log)
  const count = frameBytes === 0 ? 0 : Math.floor(bytes.length / frameBytes)
  return { pixels: bytes.take(count * frameBytes), count, width, height }
}

/** Of one frame; 0 before the first was logged. */
export function frameBytesOf({ width, height }: FrameLog): number {
  return width * height * 3
}

/** Of chunks that end with a whole frame. */
function lastFrame(chunks: readonly Buffer[], log: FrameLog): Frames {
  const { width, height } = log
  const bytes = Buffer.concat(chunks)
  const frameBytes = frameBytesOf(log)
  if (frameBytes === 0 || bytes.length < frameBytes)
    return { pixels: new Uint8Array(0), count: 0, width, height }
  return { pixels: new Uint8Array(bytes.subarray(bytes.length - frameBytes)), count: 1, width, height }
}

/** What is wrong with a video of which no frame could be decoded. */
export async function unusable(
  { file, part }: Pick<VideoFootage, 'file' | 'part'>,
  { end, log }: FfmpegEnd,
): Promise<ClipError> {
  const found = await stat(file).catch(
    (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown error',
  )
  if (typeof found === 'string') return new ClipError(`it cannot be opened (${found})`)
  if (found.size === 0) return new ClipError('the file is empty')
  const words = complaints(file, log).slice(-2).join('; ')
  if (!words && part) return new ClipError(`it shows nothing from ${part[0]} s to ${part[1]} s`)
  return new ClipError(words || (end === 0 ? 'it holds no video' : `ffmpeg ended with ${end}`))
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
