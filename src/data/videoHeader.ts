/** Characters of a log in which a header is looked for. */
export const longestHeader = 16_384

/** What a video file says about itself; it may be wrong. */
export interface VideoHeader {
  readonly seconds: number
  readonly framesPerSecond: number
  /** Seconds from the beginning of the file to the first picture. */
  readonly offset?: number
  /** The longest that one picture is shown, seconds, where it is known. */
  readonly longestGap?: number
}

/** The header as ffmpeg logs it, or undefined where the log lacks it (so far) or the file does not say. */
export function parseVideoHeader(log: string): VideoHeader | undefined {
  const duration = /^(?:\[info\])?\s*Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?),/m.exec(log)
  const rate = /^(?:\[info\])? *Stream #0:\d+.*: Video: .*?, ([\d.]+)(k?) fps/m.exec(log)
  if (!duration || !rate) return undefined
  const seconds = Number(duration[1]) * 3600 + Number(duration[2]) * 60 + Number(duration[3])
  const framesPerSecond = exactRate(Number(rate[1]) * (rate[2] === 'k' ? 1000 : 1))
  return seconds > 0 && framesPerSecond > 0 ? { seconds, framesPerSecond } : undefined
}

/** The header that the part of a video, in seconds, would have as a file of its own. */
export function headerOfPart(header: VideoHeader, part?: readonly [from: number, to: number]): VideoHeader {
  if (!part) return header
  return { ...header, seconds: Math.max(0, Math.min(part[1], header.seconds) - part[0]) }
}

/** Width and height of coded pictures, as ffmpeg logs them. */
export function parsePictureSize(log: string): { width: number; height: number } | undefined {
  const size = /^(?:\[info\])? *Stream #0:\d+.*: Video: .*?, (\d+)x(\d+)/m.exec(log)
  return size ? { width: Number(size[1]), height: Number(size[2]) } : undefined
}

/** The number of frames that the header promises; at least one. */
export function promisedFrames(header: VideoHeader): number {
  return Math.max(1, Math.round(header.seconds * header.framesPerSecond))
}

/** ffmpeg prints 24000/1001 as 23.98, which would be half a frame off after two minutes. */
function exactRate(printed: number): number {
  const ntsc = (Math.round(printed * 1.001) * 1000) / 1001
  return Math.abs(ntsc - printed) < 0.005 && !Number.isInteger(printed) ? ntsc : printed
}
