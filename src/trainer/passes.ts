import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D, Tensor2D, Tensor5D } from '@tensorflow/tfjs-core'
import { currentKernels } from './backends/Kernels'
import type { PixelStatistics, Shape5 } from './backends/Kernels'
import type { Network } from './models/Network'
import { moved } from './models/Statistics'
import type { GroupStatistics } from './backends/Kernels'

/** The momentum that batch normalisation of the reference has, in PyTorch's sense: the batch's share. */
const referenceMomentum = 0.1

/** Clips on the device. */
export interface DeviceClips {
  /** As `Kernels.pack` leaves them, or as a network takes them. */
  readonly clips: Tensor
  readonly form: ClipForm
}

export interface LabelledDeviceClips extends DeviceClips {
  readonly targets: Targets
}

/** The class of each clip, or a row for each with 1 for its classes and 0 for others: what each loss takes. */
export type Targets =
  | { readonly loss: 'cross-entropy'; readonly tensor: Tensor1D }
  | { readonly loss: 'binary-cross-entropy'; readonly tensor: Tensor2D }

export type ClipForm = { readonly packed: Shape5; readonly pixels: PixelStatistics } | 'normalised'

export interface TrainingPassOptions {
  readonly parameters: Tensor1D
  /** Running statistics, a row for each group of neighbouring clips that is normalised apart. */
  readonly statistics: GroupStatistics
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
  /** The running statistics as the batch moves them. */
  readonly statistics: GroupStatistics
}

/** Forward and backward, as a program of the network. */
export function trainingPass(
  network: Network,
  { clips, targets, form }: LabelledDeviceClips,
  { parameters, statistics: { mean, variance }, mask, of }: TrainingPassOptions,
): TrainingPassResult {
  const [losses, logits, gradient, movedMean, movedVariance] = network.programs.run(
    `train, ${targets.loss}, of ${of}, ${JSON.stringify(form)}`,
    ([clips, wanted, parameters, mean, variance, mask]) => {
      const running = { mean: mean as Tensor2D, variance: variance as Tensor2D }
      const pass = network.train(unpacked(clips!, form), {
        parameters: parameters as Tensor1D,
        groups: running.mean.shape[0],
        mask: mask as Tensor2D | undefined,
      })
      const { losses, gradient } =
        targets.loss === 'cross-entropy'
          ? currentKernels().crossEntropy(pass.logits, wanted as Tensor1D)
          : currentKernels().binaryCrossEntropy(pass.logits, wanted as Tensor2D)
      const scores = [losses, pass.logits.clone()]
      const back = pass.back(tf.mul<Tensor2D>(gradient, 1 / of))
      const after = moved(running, pass.statistics, referenceMomentum)
      return [...scores, back, after.mean, after.variance]
    },
    [clips, targets.tensor, parameters, mean, variance, ...(mask ? [mask] : [])],
  )
  return {
    losses: losses as Tensor1D,
    logits: logits as Tensor2D,
    gradient: gradient as Tensor1D,
    statistics: { mean: movedMean as Tensor2D, variance: movedVariance as Tensor2D },
  }
}

/** Statistics of the batch, a row for each of its groups, forward alone. */
export function statisticsPass(
  network: Network,
  { clips, form }: DeviceClips,
  { parameters, groups }: { readonly parameters: Tensor1D; readonly groups: number },
): GroupStatistics {
  const [mean, variance] = network.programs.run(
    `statistics, ${groups} groups, ${JSON.stringify(form)}`,
    ([clips, parameters]) => {
      const mode = { parameters: parameters as Tensor1D, groups }
      const { statistics } = network.train(unpacked(clips!, form), mode)
      return [statistics.mean, statistics.variance]
    },
    [clips, parameters],
  )
  return { mean: mean as Tensor2D, variance: variance as Tensor2D }
}

/** Logits, with running statistics in one row, nothing dropped. */
export function evaluationPass(
  network: Network,
  { clips, form }: DeviceClips,
  { parameters, statistics: { mean, variance } }: Pick<TrainingPassOptions, 'parameters' | 'statistics'>,
): Tensor2D {
  const [logits] = network.programs.run(
    `evaluate, ${JSON.stringify(form)}`,
    ([clips, parameters, mean, variance]) => [
      network.evaluate(unpacked(clips!, form), {
        parameters: parameters as Tensor1D,
        statistics: { mean: mean as Tensor2D, variance: variance as Tensor2D },
      }),
    ],
    [clips, parameters, mean, variance],
  )
  return logits as Tensor2D
}

function unpacked(clips: Tensor, form: ClipForm): Tensor5D {
  if (form === 'normalised') return tf.clone(clips) as Tensor5D
  return currentKernels().unpack(clips, form.packed, form.pixels)
}
