import * as tf from '@tensorflow/tfjs-core'
import type { GroupStatistics } from '../backends/Kernels'
import type { Statistics } from './Statistics'

/**
 * Statistics of the activations that the weights of now make, to evaluate with in place of a moving average over the
 * weights of many steps ("precise BN", Wu and Johnson 2021): every group of every batch counts the same.
 */
export class PreciseStatistics {
  private readonly mean: Float64Array
  /** Of variance + mean². */
  private readonly square: Float64Array
  private groups = 0

  constructor(private readonly running: Statistics) {
    this.mean = new Float64Array(running.channels)
    this.square = new Float64Array(running.channels)
  }

  /** Takes in the statistics of each group of a batch. */
  add({ mean, variance }: GroupStatistics): void {
    const { channels } = this.running
    const [means, variances] = [mean.dataSync(), variance.dataSync()]
    means.forEach((value, i) => {
      this.mean[i % channels]! += value
      this.square[i % channels]! += variances[i]! + value * value
    })
    this.groups += mean.shape[0]
  }

  /** Puts them in the place of the running statistics, unless nothing was taken in or it was no number. */
  take(): void {
    const { groups, mean, square } = this
    if (groups === 0 || ![...mean, ...square].every(Number.isFinite)) return
    const shape: [number, number] = [1, mean.length]
    this.running.assign({
      mean: tf.tensor2d(
        Float32Array.from(mean, (sum) => sum / groups),
        shape,
      ),
      variance: tf.tensor2d(
        Float32Array.from(square, (sum, channel) =>
          Math.max(0, sum / groups - (mean[channel]! / groups) ** 2),
        ),
        shape,
      ),
    })
  }
}
