import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { currentKernels } from './backends/Kernels'
import type { PixelStatistics, Shape5 } from './backends/Kernels'
import { remember } from './models/batchNorm'
import type { Network } from './models/Network'
import type { Optimiser } from './optimiser'

/** Clips as bytes, N × T × H × W × 3, and the class of each. */
export interface LabelledClips {
  readonly pixels: Uint8Array
  readonly shape: { readonly batch: number; readonly frames: number; readonly size: number }
  readonly labels: Int32Array
}

export interface StepOptions {
  readonly lr: number
  /** Groups of clips with batch normalisation statistics of their own; divides the batch. */
  readonly splits: number
  /** What dropout draws from, together with the iteration. */
  readonly seed: number
  readonly iteration: number
  /** Largest norm of the gradient; a larger gradient is scaled down to it. */
  readonly clip?: number | undefined
}

export interface StepResult {
  /** Mean cross-entropy of the batch before the update. */
  readonly loss: number
  /** Share of the batch whose largest logit is its class, 0..1. */
  readonly top1: number
  /** Euclidean, without weight decay. */
  readonly gradientNorm: number
  /** The loss or the gradient was not finite, so parameters and running statistics stayed as they were. */
  readonly skipped: boolean
}

/** The mean and deviation of the reference's pixels. */
export const referencePixels: PixelStatistics = { mean: [0.45, 0.45, 0.45], deviation: [0.225, 0.225, 0.225] }

/** One update by one batch; on return the same tensors are alive as before. */
export function trainStep(
  network: Network,
  optimiser: Optimiser,
  batch: LabelledClips,
  {
    lr,
    splits,
    seed,
    iteration,
    clip,
    pixels = referencePixels,
  }: StepOptions & { readonly pixels?: PixelStatistics },
): StepResult {
  let facts: StepResult | undefined
  const statistics = remember(network.batchNorms)
  const update = (): void => {
    const pass = network.train(clipsOf(batch, pixels), { splits, dropoutSeed: [seed, iteration] })
    const labels = tf.tensor1d(batch.labels, 'int32')
    const { losses, gradient } = currentKernels().crossEntropy(pass.logits, labels)
    const loss = tf.mean(losses)
    const logits = pass.logits.clone()
    const flat = pass.back(tf.mul<Tensor2D>(gradient, 1 / batch.shape.batch))
    const norm = tf.sqrt(tf.dot(flat, flat))
    facts = readFacts({ loss, norm, logits }, batch.labels)
    if (!facts.skipped) optimiser.step(limited(flat, facts.gradientNorm, clip), lr)
  }
  try {
    tf.tidy(update)
  } catch (error) {
    statistics.restore() // out of memory, say: nothing is kept of a step that was not taken
    throw error
  }
  if (facts!.skipped) statistics.restore()
  else statistics.forget()
  return facts!
}

/** As PyTorch limits a norm: nothing changes below the limit. */
function limited(gradient: Tensor1D, norm: number, limit: number | undefined): Tensor1D {
  if (limit === undefined || norm <= limit) return gradient
  return tf.mul<Tensor1D>(gradient, limit / (norm + 1e-6))
}

export interface EvaluationSums {
  readonly clips: number
  /** Summed cross-entropy. */
  readonly loss: number
  /** Clips whose class is first, and among the first `k`. */
  readonly top1: number
  readonly topK: number
  /** min(5, classes). */
  readonly k: number
}

/** Sums over one batch, with the running statistics. */
export function evaluateStep(
  network: Network,
  batch: LabelledClips,
  pixels = referencePixels,
): EvaluationSums {
  const { labels } = batch
  const k = Math.min(5, network.classes)
  const { logits, losses } = tf.tidy(() => {
    const result = network.evaluate(clipsOf(batch, pixels))
    const { losses: each } = currentKernels().crossEntropy(result, tf.tensor1d(labels, 'int32'))
    return { logits: result.dataSync<'float32'>(), losses: each.dataSync<'float32'>() }
  })
  const ranks = Array.from(labels, (label, clip) =>
    rankOf(logits, clip * network.classes, network.classes, label),
  )
  return {
    clips: labels.length,
    loss: losses.reduce((sum, loss) => sum + loss, 0),
    top1: ranks.filter((rank) => rank < 1).length,
    topK: ranks.filter((rank) => rank < k).length,
    k,
  }
}

function clipsOf({ pixels, shape }: LabelledClips, statistics: PixelStatistics): tf.Tensor5D {
  const { batch, frames, size } = shape
  const sides: Shape5 = [batch, frames, size, size, 3]
  return currentKernels().normalise(pixels, sides, statistics)
}

function readFacts(
  { loss, norm, logits }: { loss: tf.Tensor; norm: tf.Tensor; logits: Tensor2D },
  labels: Int32Array,
): StepResult {
  const [lossValue, gradientNorm] = [loss.dataSync()[0]!, norm.dataSync()[0]!]
  const [clips, classes] = logits.shape
  const scores = logits.dataSync()
  const right = labels.filter((label, clip) => rankOf(scores, clip * classes, classes, label) === 0).length
  const skipped = !Number.isFinite(lossValue) || !Number.isFinite(gradientNorm)
  return { loss: lossValue, top1: right / clips, gradientNorm, skipped }
}

/** How many classes score above `label`, or as much and come before it; a score that is no number is never first. */
function rankOf(scores: ArrayLike<number>, start: number, classes: number, label: number): number {
  const own = scores[start + label]!
  let rank = 0
  for (let other = 0; other < classes; other++) {
    const score = scores[start + other]!
    if (!(score < own || (score === own && other >= label))) rank++
  }
  return rank
}
