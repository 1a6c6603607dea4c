import { isLate, leadOf, partArgs, partFilters } from './ffmpegInput'
import { frameBytesOf, framesOf, outputArgs, scaleTo } from './ffmpegOutput'
import { complaints } from './unusable'
import type { VideoFootage, Whole } from './video'
import { runFfmpeg } from './ffmpeg'
import { FrameBytes } from './FrameBytes'
import { FrameLog } from './FrameLog'
import { frameTimes } from './playback'

/** Of a short clip: room is made for as many. */
const usualFrames = 64

export interface OneOfSeveral {
  readonly footage: VideoFootage
  /** The shorter side of the decoded frames; a smaller video keeps its size. */
  readonly shortSide: number
}

/**
 * Decodes several short videos whole in one process, since starting one costs more than decoding one of them. Undefined
 * for all where anything is amiss with any: decoded alone, each says what. Rejects with DecoderMissing.
 */
export async function decodeTogether(
  videos: readonly OneOfSeveral[],
  options: { ffmpeg: string; maxSeconds: number; maxBytes: number; signal: AbortSignal },
): Promise<readonly (Whole | undefined)[]> {
  const { ffmpeg, maxSeconds, maxBytes, signal } = options
  const enough = new AbortController()
  const logs = videos.map((_, index) => new FrameLog(`clip${index}`))
  const begun = videos.map((_, index) => new FrameLog(`begun${index}`))
  const bytes = logs.map(
    (log) => new FrameBytes(() => (log.width === 0 ? undefined : usualFrames * frameBytesOf(log))),
  )
  const outcome = await runFfmpeg({
    ffmpeg,
    args: [
      ...videos.flatMap(({ footage }) => partArgs(footage, leadOf(footage))),
      ...videos.flatMap(({ footage, shortSide }, index) =>
        outputArgs([...partFilters(footage, begun[index]!), scaleTo(shortSide), logs[index]!.filter], {
          input: index,
          output: index,
        }),
      ),
    ],
    signal: AbortSignal.any([signal, enough.signal]),
    outputs: videos.length,
    onOutput: (chunk, index) => {
      const own = bytes[index]!
      if (own.length + chunk.length > maxBytes) enough.abort()
      else own.add(chunk)
    },
    onLine: (line) => {
      if (logs.some((log) => log.take(line)) || begun.some((log) => log.take(line))) return true
      if (secondsOf(line) > maxSeconds) enough.abort()
      return false
    },
  })
  signal.throwIfAborted()
  const whole = outcome.end === 0 && complaints('', outcome.log).length === 0
  const sound = logs.every(({ times, changedAfter }) => times.length > 0 && changedAfter === undefined)
  if (enough.signal.aborted || !whole || !sound) return videos.map(() => undefined)
  return logs.map((log, index) => {
    const frames = framesOf(bytes[index]!, log)
    const { footage } = videos[index]!
    const late = isLate(footage, begun[index]!) && leadOf(footage) < footage.part![0]
    return frames.count === log.times.length && !late
      ? { kind: 'whole', frames, times: frameTimes(log.times) }
      : undefined
  })
}

/** Of a line of a header that says how long a file is; 0 for others. */
function secondsOf(line: string): number {
  const [, hours, minutes, seconds] =
    /^(?:\[info\])? *Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?),/.exec(line) ?? []
  return hours === undefined ? 0 : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}
