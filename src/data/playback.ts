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

/**
 * The frame that a player shows at each tick of a clock of `rate`, in the middle of the tick: at a constant frame rate,
 * and the clock's the same, each frame once.
 */
export function shownFrames(times: FrameTimes, rate: number): Int32Array {
  const seconds = times.at(-1)! + 1 / meanRate(times)
  const shown = new Int32Array(Math.max(1, Math.round(seconds * rate)))
  let frame = 0
  for (let tick = 0; tick < shown.length; tick++) {
    while (frame + 1 < times.length && times[frame + 1]! <= (tick + 0.5) / rate) frame++
    shown[tick] = frame
  }
  return shown
}
