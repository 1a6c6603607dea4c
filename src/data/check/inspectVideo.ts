import { HumanError } from '../../HumanError'
import { inputArgs } from '../ffmpegInput'
import { complaints, tooLittle, unusable } from '../unusable'
import { longestWholeSeconds } from '../video'
import { runFfmpeg } from '../ffmpeg'
import { parseVideoHeader, promisedFrames } from '../videoHeader'
import type { VideoHeader } from '../videoHeader'
import type { Found } from './found'
import { isLasting } from './inspected'
import type { Inspected } from './inspected'
import { kinds } from './kinds'
import { streamShown } from './streamShown'
import type { StreamShown } from './streamShown'

/** Timestamps in Matroska are whole milliseconds: gaps that differ by less are alike. */
const millisecond = 0.0011

/**
 * Decodes every frame of a video, in one process with one thread; or the first one only, where `quick`, and believes
 * the header. `bytes` is the file's size. Rejects with DecoderMissing, and with the signal's reason when it is aborted.
 */
export async function inspectVideo(options: {
  ffmpeg: string
  file: string
  bytes: number
  quick: boolean
  signal: AbortSignal
}): Promise<Inspected> {
  const { ffmpeg, file, bytes, quick, signal } = options
  let header: VideoHeader | undefined
  let stream: StreamShown | undefined
  let progress = ''
  let head = ''
  const outcome = await runFfmpeg({
    ffmpeg,
    args: [
      // Deblocking finds no errors, and is a sixth of the work.
      ...['-skip_loop_filter', 'all', ...inputArgs({ kind: 'video', file }), '-map', '0:V:0'],
      ...['-filter_threads', '1', '-vf', 'settb=AVTB,vfrdet', ...(quick ? ['-frames:v', '1'] : [])],
      ...['-progress', 'pipe:1', '-f', 'null', '-'],
    ],
    signal,
    onOutput: (chunk) => (progress = (progress + chunk.toString('latin1')).slice(-4096)),
    onLine: (line) => {
      if (header && stream) return false
      head = `${head}${line}\n`.slice(-65_536)
      header ??= parseVideoHeader(head)
      stream ??= streamShown(head)
      return false
    },
  })
  signal.throwIfAborted()
  const all = complaints(file, outcome.log)
  if (all.some((line) => line.startsWith('No such filter'))) {
    throw new HumanError(`${ffmpeg} is too old to check videos with. Use ffmpeg 4.1 or newer.`)
  }
  const decoded = parseProgress(progress)
  const lasting = isLasting(file, outcome)
  if (decoded.frames === 0 || !stream) {
    return { found: { at: 'unreadable', reason: (await unusable({ file }, outcome)).reason }, lasting }
  }
  const varying = varies({
    log: outcome.log,
    meanGap: decoded.seconds / decoded.frames,
    nominalRate: stream.nominalRate,
  })
  return { found: judged({ decoded, header, stream, words: kinds(all), bytes, quick, varying }), lasting }
}

/** What a video is of which at least one frame was decoded. */
function judged(video: {
  decoded: { frames: number; seconds: number }
  header: VideoHeader | undefined
  stream: StreamShown
  words: string[]
  bytes: number
  quick: boolean
  varying: boolean
}): Found {
  const { decoded, header, stream, words, bytes, quick, varying } = video
  const { frames, seconds } = decoded
  const promised = header && { seconds: header.seconds, frames: promisedFrames(header) }
  const { codec, width, height, nominalRate } = stream
  const shared = { at: 'video', codec, width, height, bytes, complaints: words } as const
  if (quick) {
    const framesPerSecond = header?.framesPerSecond ?? nominalRate
    return {
      ...shared,
      ...(promised ?? { seconds: 0, frames }),
      framesPerSecond,
      varies: false,
      ...(promised && { promised }),
    }
  }
  const reason =
    promised && promised.seconds <= longestWholeSeconds
      ? tooLittle(frames, promised.frames, words)
      : undefined
  if (reason !== undefined) return { at: 'unreadable', reason: `${reason}: ${words.join('; ')}` }
  return {
    ...shared,
    seconds,
    frames,
    framesPerSecond: header?.framesPerSecond ?? (seconds > 0 ? frames / seconds : nominalRate),
    varies: varying,
    ...(promised && { promised }),
  }
}

/** The last of the reports that `-progress` writes. */
function parseProgress(text: string): { frames: number; seconds: number } {
  const frames = [...text.matchAll(/^frame=(\d+)$/gm)].at(-1)?.[1] ?? 0
  const [, hours, minutes, seconds] = [...text.matchAll(/^out_time=(\d+):(\d\d):(\d\d\.\d+)$/gm)].at(-1) ?? []
  return {
    frames: Number(frames),
    seconds: Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0),
  }
}

/** True where gaps between frames differ and these are more than a few frames that were dropped, of `meanGap` seconds. */
function varies({
  log,
  meanGap,
  nominalRate,
}: {
  log: string
  meanGap: number
  nominalRate: number
}): boolean {
  const [, shortest, longest] = /VFR:.* min: (\d+) max: (\d+)/.exec(log) ?? []
  if (shortest === undefined || longest === undefined) return false
  const off = Math.max(meanGap - Number(shortest) / 1e6, Number(longest) / 1e6 - meanGap)
  if (off <= Math.max(0.2 * meanGap, millisecond)) return false
  // ffmpeg prints a rate of thousands where it found none; interlaced video has a frame for two or three of its ticks.
  const ticks = meanGap * nominalRate
  return (
    nominalRate === 0 || nominalRate >= 1000 || Math.abs(ticks / Math.max(1, Math.round(ticks)) - 1) > 0.02
  )
}
