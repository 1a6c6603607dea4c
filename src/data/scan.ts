import type { VideoFootage } from './decode'
import { inputArgs } from './decode'
import { runFfmpeg } from './ffmpeg'
import type { FfmpegEnd } from './ffmpeg'
import { frameTimes, meanRate } from './playback'
import { headerOfPart, parseVideoHeader } from './videoHeader'
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
  const outcome = await runFfmpeg({
    ffmpeg,
    args: [...inputArgs({ kind: 'video', file }), '-map', '0:V:0', '-c', 'copy', '-f', 'framecrc', 'pipe:1'],
    signal: AbortSignal.any([signal, enough.signal]),
    onOutput: (chunk) => (packets += chunk.toString('latin1')),
    onLine: (line) => {
      if (!header) header = parseVideoHeader((log += `${line}\n`))
      if (header && (part || header.seconds > longestScanned)) enough.abort()
      return false
    },
  })
  signal.throwIfAborted()
  if (enough.signal.aborted) return { header: header && headerOfPart(header, part), outcome }
  return { header: headerOf(packets) ?? header, outcome }
}

/** How ffmpeg writes that a packet has no time of its own. */
const unset = new Set(['NOPTS', `${-(2n ** 63n)}`])

/** `stream, dts, pts, duration, size, check sum` by line, in units of the time base. */
function headerOf(packets: string): VideoHeader | undefined {
  const [, numerator, denominator] = /^#tb 0: (\d+)\/(\d+)$/m.exec(packets) ?? []
  if (numerator === undefined) return undefined
  const unit = Number(numerator) / Number(denominator)
  const shown = packets.split('\n').flatMap((line) => {
    const [, dts, pts] = /^0, *(-?\d+), *(-?\d+|NOPTS),/.exec(line) ?? []
    return dts === undefined ? [] : [unit * Number(unset.has(pts!) ? dts : pts)]
  })
  if (shown.length === 0) return undefined
  // Packets are in the order of decoding.
  const times = frameTimes(shown.sort((a, b) => a - b))
  const framesPerSecond = meanRate(times)
  return { seconds: times.at(-1)! + 1 / framesPerSecond, framesPerSecond, offset: Math.max(0, shown[0]!) }
}
