import type { VideoFootage } from './video'
import { inputArgs } from './ffmpegInput'
import { runFfmpeg } from './ffmpeg'
import type { FfmpegEnd } from './ffmpeg'
import { frameTimes, meanRate } from './playback'
import { headerOfPart, longestHeader, parseVideoHeader } from './videoHeader'
import type { VideoHeader } from './videoHeader'

/** Longer files are not read through to learn what their header says nearly as well. */
const longestScanned = 900

export interface Scanned {
  /** Undefined where the file does not say how long it is, nor shows it. */
  readonly header: VideoHeader | undefined
  readonly outcome: FfmpegEnd
}

/**
 * How long the pictures of a video are shown, from its packets, without decoding any: a header speaks of the sound too, and
 * may be wrong. Rejects with DecoderMissing.
 */
export async function scanVideo({
  ffmpeg,
  footage,
  signal,
}: {
  ffmpeg: string
  footage: VideoFootage
  signal: AbortSignal
}): Promise<Scanned> {
  const { file, part } = footage
  const enough = new AbortController()
  let header: VideoHeader | undefined
  let log = ''
  let packets = ''
  const read: VideoFootage = { kind: 'video', file, ...(part && { part: [part[0], part[1] + reordered] }) }
  const outcome = await runFfmpeg({
    ffmpeg,
    // Seeking in a part may land behind its key frame, whose time counts all the same.
    args: [...inputArgs(read), '-map', '0:V:0', '-c', 'copy', '-copyinkf', '-f', 'framecrc', 'pipe:1'],
    signal: AbortSignal.any([signal, enough.signal]),
    onOutput: (chunk) => (packets += chunk.toString('latin1')),
    onLine: (line) => {
      if (!header && log.length < longestHeader) header = parseVideoHeader((log += `${line}\n`))
      if (header && headerOfPart(header, part).seconds > longestScanned) enough.abort()
      return false
    },
  })
  signal.throwIfAborted()
  const said = header && headerOfPart(header, part)
  return { header: enough.signal.aborted ? said : (headerOf(packets, part) ?? said), outcome }
}

/** Packets come in the order of decoding: behind the end of a part, some of it may follow for so many seconds. */
const reordered = 1
/** Of a packet that is decoded for others' sake and not shown, as before the beginning of an edit list. */
const discarded = 4

/** How ffmpeg writes that a packet has no time of its own. */
const unset = new Set(['NOPTS', `${-(2n ** 63n)}`])

/** `stream, dts, pts, duration, size, check sum, flags` by line, in units of the time base; of a part, from its beginning. */
function headerOf(packets: string, part?: readonly [number, number]): VideoHeader | undefined {
  const [, numerator, denominator] = /^#tb 0: (\d+)\/(\d+)$/m.exec(packets) ?? []
  if (numerator === undefined) return undefined
  const unit = Number(numerator) / Number(denominator)
  const read = packets.split('\n').flatMap((line) => {
    const [, dts, pts, duration, flags = '0'] =
      /^0, *(-?\d+), *(-?\d+|NOPTS), *(-?\d+), *\d+, *0x[\da-f]+(?:, F=0x([\da-f]+))?/.exec(line) ?? []
    if (dts === undefined || (parseInt(flags, 16) & discarded) !== 0) return []
    return [{ dts: Number(dts), pts: unset.has(pts!) ? undefined : Number(pts), duration: Number(duration) }]
  })
  const shown = presented(read)
    .map((time) => unit * time)
    .filter((time) => !part || (time >= 0 && time < part[1] - part[0]))
  if (shown.length === 0) return undefined
  const times = frameTimes(shown.sort((a, b) => a - b))
  const framesPerSecond = meanRate(times)
  const longestGap = times.reduce(
    (longest, time, frame) => Math.max(longest, time - times[Math.max(0, frame - 1)]!),
    0,
  )
  const seconds = times.at(-1)! + 1 / framesPerSecond
  return { seconds, framesPerSecond, offset: Math.max(0, shown[0]!), longestGap }
}

/**
 * When packets are shown, by the order of decoding. Where only some say it, as B-frames in AVI, one that does not is
 * shown when the next like it is decoded; where none does, there are no B-frames.
 */
function presented(
  packets: readonly { readonly dts: number; readonly pts: number | undefined; readonly duration: number }[],
): number[] {
  const silent = packets.filter(({ pts }) => pts === undefined)
  const late = silent.length < packets.length
  let next = 0
  return packets.map(({ dts, pts, duration }) => {
    if (pts !== undefined) return pts
    next++
    return late ? (silent[next]?.dts ?? packets.at(-1)!.dts + duration) : dts
  })
}
