import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { currentKernels } from '../backends/Kernels'
import type { GroupStatistics, RunningStatistics } from '../backends/Kernels'
import type { NormalisationSpec } from './Blueprint'

/** The running statistics of a network's batch normalisations: one row for each group of clips, never none. */
export class Statistics {
  /** Channels of all layers together. */
  readonly channels: number
  private held: GroupStatistics

  constructor(readonly layers: readonly NormalisationSpec[]) {
    this.channels = layers.reduce((sum, { channels }) => sum + channels, 0)
    const shape: [number, number] = [1, this.channels]
    this.held = { mean: tf.keep(tf.zeros(shape)), variance: tf.keep(tf.ones(shape)) }
  }

  get groups(): number {
    return this.held.mean.shape[0]
  }

  /** They belong to this object. */
  get current(): GroupStatistics {
    return this.held
  }

  /** Takes them over in the place of the old ones. */
  assign({ mean, variance }: GroupStatistics): void {
    tf.dispose([this.held.mean, this.held.variance])
    this.held = { mean: tf.keep(mean), variance: tf.keep(variance) }
  }

  /** Over all groups, in one row: the mean of means, and the mean variance plus the variance of means. */
  whole(): GroupStatistics {
    const { mean: means, variance } = this.held
    if (this.groups === 1) return { mean: means.clone(), variance: variance.clone() }
    return tf.tidy(() => {
      const mean = tf.mean<Tensor2D>(means, 0, true)
      const between = tf.mean<Tensor2D>(tf.square(tf.sub(means, mean)), 0, true)
      return { mean, variance: tf.add<Tensor2D>(tf.mean(variance, 0, true), between) }
    })
  }

  /** What a batch of so many groups starts from: another number of groups starts each from what all had together. */
  inGroups(groups: number): GroupStatistics {
    const { mean, variance } = this.held
    if (groups === this.groups) return { mean: mean.clone(), variance: variance.clone() }
    return tf.tidy(() => {
      const whole = this.whole()
      return { mean: tf.tile(whole.mean, [groups, 1]), variance: tf.tile(whole.variance, [groups, 1]) }
    })
  }

  dispose(): void {
    tf.dispose([this.held.mean, this.held.variance])
  }
}

/** A single row taken apart by layer. */
export function byLayer(
  layers: readonly NormalisationSpec[],
  { mean, variance }: GroupStatistics,
): RunningStatistics[] {
  const lengths = layers.map(({ channels }) => channels)
  const [means, variances] = [mean, variance].map((all) =>
    currentKernels().splitVector(tf.reshape<tf.Rank.R1>(all, [all.size]), lengths),
  ) as [Tensor1D[], Tensor1D[]]
  return means.map((own, layer) => ({ mean: own, variance: variances[layer]! }))
}

/** Statistics of all layers side by side. */
export function sideBySide(layers: readonly GroupStatistics[]): GroupStatistics {
  const all = (of: (statistics: GroupStatistics) => Tensor2D): Tensor2D => tf.concat2d(layers.map(of), 1)
  return { mean: all(({ mean }) => mean), variance: all(({ variance }) => variance) }
}

/** Running statistics with a batch's taken in, of which `momentum` is the share. */
export function moved(running: GroupStatistics, batch: GroupStatistics, momentum: number): GroupStatistics {
  const mixed = (old: Tensor2D, own: Tensor2D): Tensor2D =>
    tf.tidy(() => tf.add<Tensor2D>(tf.mul(old, 1 - momentum), tf.mul(own, momentum)))
  return { mean: mixed(running.mean, batch.mean), variance: mixed(running.variance, batch.variance) }
}
