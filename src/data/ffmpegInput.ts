import type { FrameLog } from './FrameLog'
import type { VideoFootage } from './video'

/**
 * How long before a moment decoding begins, so that the frame shown at it is among what is decoded, seconds: longer where
 * that was too late, since frames may be shown for long, and seeking in a broadcast stream lands behind its key frame.
 */
export const leads = [0.25, 2, 12, 60] as const

/** The file protocol and nothing else: a file that is really a playlist must not reach the network. */
export function inputArgs({ file, part }: VideoFootage, from = 0): string[] {
  const seconds = (part?.[0] ?? 0) + from
  const seek = seconds > 0 ? ['-ss', seconds.toFixed(6)] : []
  const end = part ? ['-t', Math.max(0, part[1] - seconds).toFixed(6)] : []
  return [...seek, ...end, '-protocol_whitelist', 'file', '-threads', '1', '-i', `file:${file}`]
}

/** The input of what is decoded whole; of a part, from so many seconds before it: what comes earlier is dropped by its time. */
export function partArgs(footage: VideoFootage, ahead: number): string[] {
  return footage.part ? ['-copyts', '-start_at_zero', ...inputArgs(footage, -ahead)] : inputArgs(footage)
}

/** Filters that pass the frames that begin within the part, if there is one; times count from its beginning. */
export function partFilters({ part }: VideoFootage, decoded: FrameLog): string[] {
  if (!part) return []
  const within = `trim=start=0:end=${(part[1] - part[0]).toFixed(6)}`
  return [...clockFrom(part[0]), decoded.filter, within]
}

/** Whether decoding may have begun behind the frame that a part begins with. */
export function isLate({ part }: VideoFootage, decoded: FrameLog): boolean {
  return part !== undefined && part[0] > 0 && (decoded.times.length === 0 || decoded.times[0]! > 0)
}

/** Times from a moment of the file, in microseconds: ffmpeg itself would subtract it in the file's units, which may be frames, and round. */
export function clockFrom(seconds: number): string[] {
  return ['settb=AVTB', `setpts=PTS-${Math.round(1e6 * seconds)}`]
}

/** Of a part that is decoded with others: what suffices for most, since starting over costs more than frames too many. */
export function leadOf({ part }: VideoFootage): number {
  return Math.min(leads[0], part?.[0] ?? 0)
}
