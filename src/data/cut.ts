import { cropPlace } from './sampling'
import type { Sample } from './sampling'

/** Decoded frames, rgb24, frame after frame. */
export interface Frames {
  readonly pixels: Uint8Array
  readonly count: number
  readonly width: number
  readonly height: number
}

/**
 * The moments of a sample, in ticks of the clock that its stride counts: the first is any at which all of them still fit
 * into the `available` ones, else 0; those behind the end are the last one.
 */
export function momentsOf(sample: Sample, frames: number, available: number): Int32Array {
  const span = spanOf(sample, frames)
  const first = Math.floor(sample.start * (Math.max(0, available - span) + 1))
  return Int32Array.from({ length: frames }, (_, index) =>
    Math.min(first + index * sample.stride, available - 1),
  )
}

/** Ticks from the first frame of a sample to its last, both included. */
export function spanOf({ stride }: Pick<Sample, 'stride'>, frames: number): number {
  return (frames - 1) * stride + 1
}

/**
 * Writes frames of `video`, by number and in the order of `order`, as order × size × size × 3 bytes into `out`: scaled to
 * the sample's short side (bilinear, pixel centres), cropped, mirrored.
 */
export function cut(options: {
  video: Frames
  sample: Sample
  order: Int32Array
  size: number
  out: Uint8Array
}): void {
  const { video, sample, order, size, out } = options
  const { width, height } = video
  const shortSide = Math.max(size, sample.shortSide)
  const scaled = (side: number) => Math.floor((side * shortSide) / Math.min(width, height))
  const { x, y } = cropPlace(sample.crop, video)
  const columns = taps({ from: width, to: scaled(width), size, place: x, mirrored: sample.flip })
  const rows = taps({ from: height, to: scaled(height), size, place: y, mirrored: false })
  const frameBytes = size * size * 3
  for (let index = 0; index < order.length; index++) {
    const at = index * frameBytes
    if (index > 0 && order[index] === order[index - 1]) out.copyWithin(at, at - frameBytes, at)
    else resample(video, order[index]!, columns, rows, out.subarray(at, at + frameBytes))
  }
}

/** For each output pixel of one axis: the two source pixels between which it lies, and the second one's weight. */
interface Taps {
  readonly low: Int32Array
  readonly high: Int32Array
  readonly weight: Int32Array
}

/** Weights are whole numbers of 1/2048, so that two of them and a byte multiply within 32 bits. */
const weightBits = 11
const one = 1 << weightBits
const half = 1 << (2 * weightBits - 1)

function taps(options: { from: number; to: number; size: number; place: number; mirrored: boolean }): Taps {
  const { from, to, size, place, mirrored } = options
  const offset = Math.floor(place * (to - size + 1))
  const low = new Int32Array(size)
  const high = new Int32Array(size)
  const weight = new Int32Array(size)
  for (let index = 0; index < size; index++) {
    const target = offset + (mirrored ? size - 1 - index : index)
    const source = Math.min(Math.max(((target + 0.5) * from) / to - 0.5, 0), from - 1)
    low[index] = Math.floor(source)
    high[index] = Math.min(Math.floor(source) + 1, from - 1)
    weight[index] = Math.round((source - Math.floor(source)) * one)
  }
  return { low, high, weight }
}

function resample(video: Frames, frame: number, columns: Taps, rows: Taps, out: Uint8Array): void {
  const { pixels, width, height } = video
  const size = rows.low.length
  const base = frame * width * height * 3
  let at = 0
  for (let row = 0; row < size; row++) {
    const above = base + rows.low[row]! * width * 3
    const below = base + rows.high[row]! * width * 3
    const wy = rows.weight[row]!
    for (let column = 0; column < size; column++) {
      const left = columns.low[column]! * 3
      const right = columns.high[column]! * 3
      const wx = columns.weight[column]!
      for (let channel = 0; channel < 3; channel++) {
        const top = pixels[above + left + channel]! * (one - wx) + pixels[above + right + channel]! * wx
        const bottom = pixels[below + left + channel]! * (one - wx) + pixels[below + right + channel]! * wx
        out[at++] = (top * (one - wy) + bottom * wy + half) >> (2 * weightBits)
      }
    }
  }
}
