import type { Curve } from '../../src/protocol/view'
import type { Range } from './scale'

/** Columns ready to draw: at most `width` points; null where a bucket holds no finite number. */
export interface Thinned {
  readonly epoch: number[]
  readonly mean: (number | null)[]
  readonly min: (number | null)[]
  readonly max: (number | null)[]
}

/**
 * The buckets of a curve that a range of so many pixels shows, merged to at most one a pixel, with one more on either
 * side so that lines leave the picture. Groups start at multiples of their size, so panning does not make them flicker,
 * and keep their extremes, so a spike stays visible at every zoom.
 */
export function thin(curve: Curve, range: Range, width: number): Thinned {
  const first = Math.max(0, bucketAt(curve.epoch, range.start) - 1)
  const last = Math.min(curve.epoch.length - 1, bucketAt(curve.epoch, range.end) + 1)
  const size = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, Math.floor(width) - 1)))
  const thinned: Thinned = { epoch: [], mean: [], min: [], max: [] }
  for (let from = Math.floor(first / size) * size; from <= last; from += size) {
    const to = Math.min(from + size, curve.epoch.length)
    thinned.epoch.push(curve.epoch[from]!)
    thinned.mean.push(average(curve.mean, from, to))
    thinned.min.push(extreme(curve.min, from, to, Math.min))
    thinned.max.push(extreme(curve.max, from, to, Math.max))
  }
  return thinned
}

/** Index of the last of the ascending `epochs` at or before `epoch`; -1 before the first. */
export function bucketAt(epochs: readonly number[], epoch: number): number {
  let [low, high] = [0, epochs.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (epochs[middle]! <= epoch) low = middle + 1
    else high = middle
  }
  return low - 1
}

function average(values: readonly number[], from: number, to: number): number | null {
  let [sum, finite] = [0, 0]
  for (let index = from; index < to; index++) {
    if (!Number.isFinite(values[index])) continue
    sum += values[index]!
    finite++
  }
  return finite ? sum / finite : null
}

function extreme(values: readonly number[], from: number, to: number, pick: typeof Math.min): number | null {
  let found: number | null = null
  for (let index = from; index < to; index++) {
    const value = values[index]!
    if (Number.isFinite(value)) found = found === null ? value : pick(found, value)
  }
  return found
}
