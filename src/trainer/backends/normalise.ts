import * as tf from '@tensorflow/tfjs-core'
import type { Tensor5D } from '@tensorflow/tfjs-core'
import type { PixelStatistics, Shape5 } from './Kernels'

/** Bytes to (value / 255 − mean) / deviation of their channel, by a table of all results. */
export function normalise(pixels: Uint8Array, shape: Shape5, { mean, deviation }: PixelStatistics): Tensor5D {
  const channels = shape[4]
  const table = Float32Array.from({ length: 256 * channels }, (_, i) => {
    const channel = i % channels
    return (Math.floor(i / channels) / 255 - mean[channel]!) / deviation[channel]!
  })
  const values = new Float32Array(pixels.length)
  for (let i = 0; i < pixels.length; i += channels) {
    for (let channel = 0; channel < channels; channel++) {
      values[i + channel] = table[pixels[i + channel]! * channels + channel]!
    }
  }
  return tf.tensor5d(values, [...shape])
}
