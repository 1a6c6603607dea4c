import * as tf from '@tensorflow/tfjs-core'
import { replaceGroups } from './batchNorm'
import type { BatchNormState } from './Blueprint'

interface Sums {
  readonly mean: Float64Array
  /** Of variance + mean². */
  readonly square: Float64Array
}

/**
 * Statistics of the activations that the weights of now make, to evaluate with in place of a moving average over the
 * weights of many steps ("precise BN", Wu and Johnson 2021): every batch counts the same.
 */
export class PreciseStatistics {
  private readonly sums: readonly Sums[]
  private groups = 0

  constructor(private readonly states: readonly BatchNormState[]) {
    this.sums = states.map(({ channels }) => ({
      mean: new Float64Array(channels),
      square: new Float64Array(channels),
    }))
  }

  /** Takes in what a training pass with a momentum of 1 has left: the statistics of each group of its batch. */
  add(): void {
    this.states.forEach(({ next = [] }, index) => {
      const { mean, square } = this.sums[index]!
      for (const group of next) {
        const [means, variances] = [group.mean.dataSync(), group.variance.dataSync()]
        means.forEach((value, channel) => {
          mean[channel]! += value
          square[channel]! += variances[channel]! + value * value
        })
      }
    })
    this.groups += this.states[0]?.next?.length ?? 0
  }

  /** Puts them in the place of the running statistics, unless nothing was taken in or it was no number. */
  take(): void {
    const { groups } = this
    const all = this.sums.flatMap(({ mean, square }) => [...mean, ...square])
    if (groups === 0 || !all.every(Number.isFinite)) return
    this.states.forEach((state, index) => {
      const { mean, square } = this.sums[index]!
      const variance = square.map((sum, channel) =>
        Math.max(0, sum / groups - (mean[channel]! / groups) ** 2),
      )
      replaceGroups(state, [
        {
          mean: tf.tensor1d(Float32Array.from(mean, (sum) => sum / groups)),
          variance: tf.tensor1d(Float32Array.from(variance)),
        },
      ])
    })
  }
}
