import type { Frames } from './cut'
import { runFfmpeg } from './ffmpeg'
import type { FfmpegEnd } from './ffmpeg'
import { clockFrom, inputArgs, leads } from './ffmpegInput'
import { frameBytesOf, framesOf, outputArgs, scaleTo } from './ffmpegOutput'
import { FrameBytes } from './FrameBytes'
import { FrameLog } from './FrameLog'
import { momentOf } from './playback'
import { unusable } from './unusable'
import type { DecodeOptions } from './video'

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
  const clock = clockFrom((footage.part?.[0] ?? 0) + moment - ahead)
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

/** Of chunks that end with a whole frame. */
function lastFrame(chunks: readonly Buffer[], log: FrameLog): Frames {
  const { width, height } = log
  const bytes = Buffer.concat(chunks)
  const frameBytes = frameBytesOf(log)
  if (frameBytes === 0 || bytes.length < frameBytes)
    return { pixels: new Uint8Array(0), count: 0, width, height }
  return { pixels: new Uint8Array(bytes.subarray(bytes.length - frameBytes)), count: 1, width, height }
}
