import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import type { BatchNormPass, Kernels, RunningStatistics } from './Kernels'
import { blank, inPlace } from './wasmHeap'

/**
 * Batch normalisation by loops over the heap: two passes forward, two back, where operations would make a dozen. Sums
 * are in double precision. Loops take four rows at a time, so that what belongs to a channel is fetched a quarter as often.
 */
export const batchNorm: Kernels['batchNorm'] = (x, scale, offset, { epsilon, groups }) => {
  const channels = x.shape[3]
  const rows = x.size / channels / groups
  const out = blank<tf.Rank.R4>(x.shape)
  const [scales, offsets] = [inPlace(scale), inPlace(offset)]
  const [to, from] = [parts(out, groups), parts(x, groups)]
  const all = from.map((values, group) => {
    const { mean, variance } = momentsOf(values, channels)
    const inverse = variance.map((value) => 1 / Math.sqrt(value + epsilon))
    const factors = inverse.map((value, channel) => value * scales[channel]!)
    affine(to[group]!, values, { factors, offsets: offsetsOf(mean, factors, offsets) })
    return { mean, variance, inverse, factors }
  })
  const matrix = (of: (own: (typeof all)[0]) => Float64Array): tf.Tensor2D =>
    tf.tensor2d(
      all.flatMap((own) => [...of(own)]),
      [groups, channels],
    )
  const bessel = rows / Math.max(1, rows - 1)
  return {
    out,
    batch: {
      mean: matrix(({ mean }) => mean),
      variance: matrix(({ variance }) => variance.map((value) => value * bessel)),
    },
    gradients(outGradient) {
      const input = blank<tf.Rank.R4>(x.shape)
      const [dx, dy, values] = [input, outGradient, x].map((tensor) => parts(tensor, groups)) as [
        Float32Array[],
        Float32Array[],
        Float32Array[],
      ]
      const [ofScale, ofOffset] = [new Float32Array(channels), new Float32Array(channels)]
      all.forEach((own, group) => {
        const gradient = { dx: dx[group]!, dy: dy[group]!, x: values[group]! }
        const { scale, offset } = throughGroup(gradient, own)
        scale.forEach((value, channel) => (ofScale[channel]! += value))
        offset.forEach((value, channel) => (ofOffset[channel]! += value))
      })
      return { input, scale: tf.tensor1d(ofScale), offset: tf.tensor1d(ofOffset) }
    },
  } satisfies BatchNormPass
}

/** The values of each of equal parts of a tensor, where they lie. */
function parts(tensor: tf.Tensor, count: number): Float32Array[] {
  const values = inPlace(tensor)
  const length = values.length / count
  return Array.from({ length: count }, (_, index) => values.subarray(index * length, (index + 1) * length))
}

/** By given statistics. */
export function batchNormFixed(
  x: Tensor4D,
  scale: Tensor1D,
  offset: Tensor1D,
  { mean, variance }: RunningStatistics,
  epsilon: number,
): Tensor4D {
  const scales = inPlace(scale)
  const factors = Float64Array.from(inPlace(variance), (value, c) => scales[c]! / Math.sqrt(value + epsilon))
  const offsets = offsetsOf(Float64Array.from(inPlace(mean)), factors, inPlace(offset))
  const out = blank<tf.Rank.R4>(x.shape)
  affine(inPlace(out), inPlace(x), { factors, offsets })
  return out
}

/** Writes `dx`; the gradients of scale and offset are the result. */
function throughGroup(
  { dx: to, dy, x: from }: Readonly<Record<'dx' | 'dy' | 'x', Float32Array>>,
  { mean, inverse, factors }: Readonly<Record<'mean' | 'inverse' | 'factors', Float64Array>>,
): Readonly<Record<'scale' | 'offset', Float64Array>> {
  const channels = mean.length
  const rows = to.length / channels
  const { sum, product } = sumsOf(from, dy, mean)
  const scale = product.map((value, channel) => value * inverse[channel]!)
  // The input's gradient is factor · (dy − mean(dy) − normal · mean(dy · normal)): linear in dy and x.
  const ofInput = factors.map((factor, c) => (-factor * inverse[c]! * scale[c]!) / rows)
  const constant = factors.map((factor, c) => (-factor * sum[c]!) / rows - ofInput[c]! * mean[c]!)
  const whole = to.length - (to.length % (4 * channels))
  for (let at = 0; at < whole; at += 3 * channels) {
    for (let channel = 0; channel < channels; channel++, at++) {
      const [b, c, d] = [at + channels, at + 2 * channels, at + 3 * channels]
      const factor = factors[channel]!
      const own = ofInput[channel]!
      const plus = constant[channel]!
      to[at] = factor * dy[at]! + own * from[at]! + plus
      to[b] = factor * dy[b]! + own * from[b]! + plus
      to[c] = factor * dy[c]! + own * from[c]! + plus
      to[d] = factor * dy[d]! + own * from[d]! + plus
    }
  }
  for (let at = whole; at < to.length;) {
    for (let channel = 0; channel < channels; channel++, at++) {
      to[at] = factors[channel]! * dy[at]! + ofInput[channel]! * from[at]! + constant[channel]!
    }
  }
  return { scale, offset: sum }
}

/**
 * Mean and variance by channel, in one pass: of distances from the first row, whose squares stay small enough for the
 * difference that the variance is.
 */
function momentsOf(values: Float32Array, channels: number): { mean: Float64Array; variance: Float64Array } {
  const rows = values.length / channels
  const first = Float64Array.from(values.subarray(0, channels))
  const [sum, squares] = [new Float64Array(channels), new Float64Array(channels)]
  const whole = values.length - (values.length % (4 * channels))
  for (let at = 0; at < whole; at += 3 * channels) {
    for (let channel = 0; channel < channels; channel++, at++) {
      const from = first[channel]!
      const a = values[at]! - from
      const b = values[at + channels]! - from
      const c = values[at + 2 * channels]! - from
      const d = values[at + 3 * channels]! - from
      sum[channel]! += a + b + c + d
      squares[channel]! += a * a + b * b + c * c + d * d
    }
  }
  for (let at = whole; at < values.length;) {
    for (let channel = 0; channel < channels; channel++, at++) {
      const a = values[at]! - first[channel]!
      sum[channel]! += a
      squares[channel]! += a * a
    }
  }
  return {
    mean: sum.map((value, channel) => first[channel]! + value / rows),
    variance: squares.map((value, channel) => Math.max(0, value / rows - (sum[channel]! / rows) ** 2)),
  }
}

/** Of the gradient, and of the gradient times the centred input, by channel. */
function sumsOf(
  x: Float32Array,
  dy: Float32Array,
  mean: Float64Array,
): { sum: Float64Array; product: Float64Array } {
  const channels = mean.length
  const [sum, product] = [new Float64Array(channels), new Float64Array(channels)]
  const whole = dy.length - (dy.length % (4 * channels))
  for (let at = 0; at < whole; at += 3 * channels) {
    for (let channel = 0; channel < channels; channel++, at++) {
      const from = mean[channel]!
      const a = dy[at]!
      const b = dy[at + channels]!
      const c = dy[at + 2 * channels]!
      const d = dy[at + 3 * channels]!
      sum[channel]! += a + b + c + d
      product[channel]! +=
        a * (x[at]! - from) +
        b * (x[at + channels]! - from) +
        c * (x[at + 2 * channels]! - from) +
        d * (x[at + 3 * channels]! - from)
    }
  }
  for (let at = whole; at < dy.length;) {
    for (let channel = 0; channel < channels; channel++, at++) {
      sum[channel]! += dy[at]!
      product[channel]! += dy[at]! * (x[at]! - mean[channel]!)
    }
  }
  return { sum, product }
}

function offsetsOf(mean: Float64Array, factors: Float64Array, offset: Float32Array): Float64Array {
  return factors.map((factor, channel) => offset[channel]! - factor * mean[channel]!)
}

function affine(
  to: Float32Array,
  from: Float32Array,
  { factors, offsets }: Readonly<Record<'factors' | 'offsets', Float64Array>>,
): void {
  const channels = factors.length
  const whole = to.length - (to.length % (4 * channels))
  for (let at = 0; at < whole; at += 3 * channels) {
    for (let channel = 0; channel < channels; channel++, at++) {
      const [b, c, d] = [at + channels, at + 2 * channels, at + 3 * channels]
      const factor = factors[channel]!
      const plus = offsets[channel]!
      to[at] = factor * from[at]! + plus
      to[b] = factor * from[b]! + plus
      to[c] = factor * from[c]! + plus
      to[d] = factor * from[d]! + plus
    }
  }
  for (let at = whole; at < to.length;) {
    for (let channel = 0; channel < channels; channel++, at++) {
      to[at] = factors[channel]! * from[at]! + offsets[channel]!
    }
  }
}
