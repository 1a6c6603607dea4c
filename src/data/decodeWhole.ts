import { ClipError } from './clipError'
import { runFfmpeg } from './ffmpeg'
import { isLate, leads, partArgs, partFilters } from './ffmpegInput'
import { frameBytesOf, framesOf, outputArgs, scaleTo } from './ffmpegOutput'
import { FrameBytes } from './FrameBytes'
import { FrameLog } from './FrameLog'
import { frameTimes } from './playback'
import { complaints, tooLittle, unusable } from './unusable'
import type { DecodeOptions, Whole } from './video'
import { headerOfPart, longestHeader, parseVideoHeader, promisedFrames } from './videoHeader'
import type { VideoHeader } from './videoHeader'

/** Frames that room is made for where a header promises none. */
const unknownFrames = 64

type WholeOptions = DecodeOptions & { readonly maxSeconds: number; readonly maxBytes: number }
type Opened = Whole | 'too long' | 'too large'

/**
 * Decodes every frame as shown (rotation applied), unless the header says that they last longer than `maxSeconds`, or
 * they come to more than `maxBytes`. One process, no probe before it. A video that does not say how long it is is used
 * as far as it fits. Of a part: the frames that begin within it. Rejects with ClipError or DecoderMissing.
 */
export async function decodeWhole(options: WholeOptions): Promise<Opened> {
  const from = options.footage.part?.[0] ?? 0
  const aheads = new Set(leads.map((lead) => Math.min(lead, from)))
  for (const ahead of aheads) {
    const { opened, late } = await wholeFrom(options, ahead)
    if (!late || ahead === Math.max(...aheads)) return opened()
  }
  throw new Error('There is at least one lead.')
}

/** `late`: nothing was decoded that is shown where the part begins, though decoding began `ahead` of it, seconds. */
async function wholeFrom(
  options: WholeOptions,
  ahead: number,
): Promise<{ late: boolean; opened: () => Opened | Promise<Opened> }> {
  const { ffmpeg, footage, shortSide, signal, maxSeconds, maxBytes } = options
  const enough = new AbortController()
  const decoded = new FrameLog('decoded')
  const seen = new FrameLog('shown')
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
    args: [
      ...partArgs(footage, ahead),
      ...outputArgs([...partFilters(footage, decoded), scaleTo(shortSide), seen.filter]),
    ],
    signal: AbortSignal.any([signal, enough.signal]),
    onOutput: (chunk) => {
      if (bytes.length + chunk.length > maxBytes) enough.abort()
      else bytes.add(chunk)
    },
    onLine: (line) => {
      if (seen.take(line) || decoded.take(line)) return true
      if (!header && headerLines.length < longestHeader) {
        const found = parseVideoHeader((headerLines += `${line}\n`))
        header = found && headerOfPart(found, footage.part)
        if (header && header.seconds > maxSeconds) enough.abort()
      }
      return false
    },
  })
  signal.throwIfAborted()
  if (enough.signal.aborted && header) {
    const why = header.seconds > maxSeconds ? 'too long' : 'too large'
    return { late: false, opened: () => why }
  }
  const opened = async (): Promise<Opened> => {
    const frames = framesOf(bytes, seen)
    if (frames.count === 0) throw await unusable(footage, outcome)
    const words = complaints(footage.file, outcome.log)
    const reason = header && tooLittle(frames.count, promisedFrames(header), words)
    if (reason !== undefined) throw new ClipError(reason)
    return { kind: 'whole', frames, times: frameTimes(seen.times.slice(0, frames.count)) }
  }
  return { late: isLate(footage, decoded), opened }
}
