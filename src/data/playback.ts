/** When each decoded frame begins to be shown: seconds from the first, never falling. */
export type FrameTimes = Float64Array

/** Nominal rate where a single frame does not tell. */
const usualRate = 25

/** Times as a decoder reports them, made fit: a frame without one follows its neighbour, none goes back. */
export function frameTimes(reported: readonly number[]): FrameTimes {
  const known = reported.every((time) => Number.isFinite(time))
  const times = Float64Array.from(reported, (time, frame) =>
    known ? time - reported[0]! : frame / usualRate,
  )
  // A frame that comes later but claims to be older is shown when it comes, as players do.
  for (let frame = 1; frame < times.length; frame++) {
    times[frame] = Math.max(times[frame]!, times[frame - 1]!)
  }
  return times
}

/** Mean frames per second. */
export function meanRate(times: FrameTimes): number {
  const last = times.at(-1)!
  return times.length > 1 && last > 0 ? (times.length - 1) / last : usualRate
}

/** A file may claim any time; ticks are counted in 32 bits. */
const mostTicks = 2 ** 31 - 1

/** Ticks of a clock of `rate` in so many seconds, at least one. */
export function ticksIn(seconds: number, rate: number): number {
  return Math.min(Math.max(1, Math.round(seconds * rate)), mostTicks)
}

/** Ticks of a clock of `rate` for as long as frames are shown. */
export function ticksOf(times: FrameTimes, rate: number): number {
  return ticksIn(times.at(-1)! + 1 / meanRate(times), rate)
}

/** Times are rounded, in Matroska to milliseconds: a frame that begins just in the middle of a tick is there. */
const rounding = 0.0006

/** The middle of a tick of a clock of `rate`, seconds. */
export function momentOf(tick: number, rate: number): number {
  return (tick + 0.5) / rate + rounding
}

/**
 * The frame that a player shows in the middle of a tick of a clock of `rate`: at a constant frame rate, and the clock's
 * the same, each frame once.
 */
export function shownAt(times: FrameTimes, tick: number, rate: number): number {
  const moment = momentOf(tick, rate)
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! <= moment) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}
