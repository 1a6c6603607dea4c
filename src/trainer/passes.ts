import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D, Tensor2D, Tensor5D } from '@tensorflow/tfjs-core'
import { currentKernels } from './backends/Kernels'
import type { PixelStatistics, Shape5 } from './backends/Kernels'
import type { Network, Weights } from './models/Network'
import type { GroupStatistics } from './models/Statistics'

/** Clips on the device, and the class of each. */
export interface DeviceClips {
  /** As `Kernels.pack` leaves them, or as a network takes them. */
  readonly clips: Tensor
  readonly labels: Tensor1D
  readonly form: ClipForm
}

export type ClipForm = { readonly packed: Shape5; readonly pixels: PixelStatistics } | 'normalised'

export interface TrainingPassOptions extends Weights {
  readonly momentum: number
  readonly mask?: Tensor2D | undefined
  /** Clips that the loss is the mean of; more than there are here where these are only a part. */
  readonly of: number
}

export type TrainingPassResult = {
  /** Of each clip. */
  readonly losses: Tensor1D
  readonly logits: Tensor2D
  /** Of the mean loss, laid out as the parameters. */
  readonly gradient: Tensor1D
  readonly statistics: GroupStatistics
}

/** Forward and backward, as a program of the network. */
export function trainingPass(
  network: Network,
  { clips, labels, form }: DeviceClips,
  { parameters, statistics: { mean, variance }, momentum, mask, of }: TrainingPassOptions,
): TrainingPassResult {
  const [losses, logits, gradient, movedMean, movedVariance] = network.programs.run(
    `train, momentum ${momentum}, of ${of}, ${JSON.stringify(form)}`,
    ([clips, labels, parameters, mean, variance, mask]) => {
      const pass = network.train(unpacked(clips!, form), {
        parameters: parameters as Tensor1D,
        statistics: { mean: mean as Tensor2D, variance: variance as Tensor2D },
        momentum,
        mask: mask as Tensor2D | undefined,
      })
      const { losses, gradient } = currentKernels().crossEntropy(pass.logits, labels as Tensor1D)
      const scores = [losses, pass.logits.clone()]
      const back = pass.back(tf.mul<Tensor2D>(gradient, 1 / of))
      return [...scores, back, pass.statistics.mean, pass.statistics.variance]
    },
    [clips, labels, parameters, mean, variance, ...(mask ? [mask] : [])],
  )
  return {
    losses: losses as Tensor1D,
    logits: logits as Tensor2D,
    gradient: gradient as Tensor1D,
    statistics: { mean: movedMean as Tensor2D, variance: movedVariance as Tensor2D },
  }
}

/** The running statistics as the batch moves them, forward alone. */
export function statisticsPass(
  network: Network,
  { clips, form }: Omit<DeviceClips, 'labels'>,
  { parameters, statistics: { mean, variance }, momentum }: Weights & { readonly momentum: number },
): GroupStatistics {
  const [movedMean, movedVariance] = network.programs.run(
    `statistics, momentum ${momentum}, ${JSON.stringify(form)}`,
    ([clips, parameters, mean, variance]) => {
      const { statistics } = network.train(unpacked(clips!, form), {
        parameters: parameters as Tensor1D,
        statistics: { mean: mean as Tensor2D, variance: variance as Tensor2D },
        momentum,
      })
      return [statistics.mean, statistics.variance]
    },
    [clips, parameters, mean, variance],
  )
  return { mean: movedMean as Tensor2D, variance: movedVariance as Tensor2D }
}

/** With running statistics in one row, nothing dropped. */
export function evaluationPass(
  network: Network,
  { clips, labels, form }: DeviceClips,
  { parameters, statistics: { mean, variance } }: Weights,
): { readonly losses: Tensor1D; readonly logits: Tensor2D } {
  const [losses, logits] = network.programs.run(
    `evaluate, ${JSON.stringify(form)}`,
    ([clips, labels, parameters, mean, variance]) => {
      const logits = network.evaluate(unpacked(clips!, form), {
        parameters: parameters as Tensor1D,
        statistics: { mean: mean as Tensor2D, variance: variance as Tensor2D },
      })
      return [currentKernels().crossEntropy(logits, labels as Tensor1D).losses, logits]
    },
    [clips, labels, parameters, mean, variance],
  )
  return { losses: losses as Tensor1D, logits: logits as Tensor2D }
}

function unpacked(clips: Tensor, form: ClipForm): Tensor5D {
  if (form === 'normalised') return tf.clone(clips) as Tensor5D
  return currentKernels().unpack(clips, form.packed, form.pixels)
}
