import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { currentKernels } from './backends/Kernels'
import type { PixelStatistics, Shape5 } from './backends/Kernels'
import type { Network } from './models/Network'
import type { GroupStatistics } from './backends/Kernels'
import type { Optimiser } from './optimiser'
import { evaluationPass, statisticsPass, trainingPass } from './passes'
import type { DeviceClips, TrainingPassResult } from './passes'

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
  /** Parts that the batch is taken in, one after another, to need less memory; divides `splits`. 1 if left out. */
  readonly parts?: number | undefined
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

/**
 * One update by one batch; on return the same tensors are alive as before. In parts it computes the same, up to
 * rounding: gradients are summed, and each group of clips is normalised within one part.
 */
export function trainStep(
  network: Network,
  optimiser: Optimiser,
  batch: LabelledClips,
  options: StepOptions & { readonly pixels?: PixelStatistics },
): StepResult {
  let facts: StepResult | undefined
  tf.tidy(() => {
    const { losses, logits, gradient, statistics } = gradientOf(network, batch, options)
    const norm = tf.sqrt(tf.dot(gradient, gradient))
    facts = readFacts({ loss: tf.mean(losses), norm, logits }, batch.labels)
    if (facts.skipped) return
    optimiser.step(limited(gradient, facts.gradientNorm, options.clip), options.lr)
    network.statistics.assign(statistics)
  })
  return facts!
}

/** What a step would do, and how long it takes: nothing changes. */
export function rehearseStep(
  network: Network,
  batch: LabelledClips,
  options: Omit<StepOptions, 'lr' | 'clip'> & { readonly pixels?: PixelStatistics },
): void {
  tf.tidy(() => {
    const { gradient } = gradientOf(network, batch, options)
    tf.sum(gradient).dataSync()
  })
}

function gradientOf(
  network: Network,
  batch: LabelledClips,
  options: Omit<StepOptions, 'lr' | 'clip'> & { readonly pixels?: PixelStatistics },
): TrainingPassResult {
  const { splits, parts = 1, seed, iteration, pixels = referencePixels } = options
  const { batch: clips } = batch.shape
  const running = network.statistics.inGroups(splits)
  const parameters = network.parameters.flat
  const results = cut(batch, parts).map((part, index) => {
    const statistics = rows(running, index * (splits / parts), splits / parts)
    const { firstClip } = part
    const mask = network.dropoutMask(part.clips.shape.batch, { seed, iteration, firstClip })
    const mode = { parameters, statistics, mask, of: clips }
    return () => tf.tidy(() => trainingPass(network, onDevice(part.clips, pixels), mode))
  })
  return results.reduce<TrainingPassResult | undefined>(
    (sum, run) => (sum ? added(sum, run()) : run()),
    undefined,
  )!
}

function added(a: TrainingPassResult, b: TrainingPassResult): TrainingPassResult {
  const both = {
    losses: tf.concat1d([a.losses, b.losses]),
    logits: tf.concat2d([a.logits, b.logits], 0),
    gradient: tf.add<Tensor1D>(a.gradient, b.gradient),
    statistics: joined([a.statistics, b.statistics]),
  }
  tf.dispose([a, b])
  return both
}

function rows({ mean, variance }: GroupStatistics, first: number, count: number): GroupStatistics {
  if (count === mean.shape[0]) return { mean, variance }
  return {
    mean: tf.slice(mean, [first, 0], [count, -1]),
    variance: tf.slice(variance, [first, 0], [count, -1]),
  }
}

function joined(parts: readonly GroupStatistics[]): GroupStatistics {
  return {
    mean: tf.concat2d(
      parts.map(({ mean }) => mean),
      0,
    ),
    variance: tf.concat2d(
      parts.map(({ variance }) => variance),
      0,
    ),
  }
}

interface Part {
  readonly clips: LabelledClips
  readonly firstClip: number
}

/** Views of equal parts of a batch. */
function cut({ pixels, shape, labels }: LabelledClips, parts: number): Part[] {
  const batch = shape.batch / parts
  const bytes = pixels.length / parts
  return Array.from({ length: parts }, (_, part) => ({
    firstClip: part * batch,
    clips: {
      pixels: pixels.subarray(part * bytes, (part + 1) * bytes),
      shape: { ...shape, batch },
      labels: labels.subarray(part * batch, (part + 1) * batch),
    },
  }))
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

/** Sums over one batch, with the running statistics; `parts` as in a step. */
export function evaluateStep(
  network: Network,
  batch: LabelledClips,
  { pixels = referencePixels, parts = 1 }: { pixels?: PixelStatistics; parts?: number } = {},
): EvaluationSums {
  const { labels } = batch
  const k = Math.min(5, network.classes)
  const results = cut(batch, parts).map(({ clips }) =>
    tf.tidy(() => {
      const weights = { parameters: network.parameters.flat, statistics: network.statistics.whole() }
      const { losses, logits } = evaluationPass(network, onDevice(clips, pixels), weights)
      return { logits: logits.dataSync<'float32'>(), losses: losses.dataSync<'float32'>() }
    }),
  )
  const ranks = results.flatMap(({ logits, losses }, part) =>
    Array.from(losses, (_, clip) => {
      const label = labels[part * losses.length + clip]!
      return rankOf(logits, clip * network.classes, network.classes, label)
    }),
  )
  return {
    clips: labels.length,
    loss: results.flatMap(({ losses }) => [...losses]).reduce((sum, loss) => sum + loss, 0),
    top1: ranks.filter((rank) => rank < 1).length,
    topK: ranks.filter((rank) => rank < k).length,
    k,
  }
}

/** Statistics of each group of a batch as it is trained on, which `observe` hears of; nothing changes. */
export function observeStatistics(
  network: Network,
  batch: LabelledClips,
  options: Pick<StepOptions, 'splits' | 'parts'> & {
    readonly pixels?: PixelStatistics
    readonly observe: (statistics: GroupStatistics) => void
  },
): void {
  const { splits, parts = 1, pixels = referencePixels, observe } = options
  tf.tidy(() => {
    const mode = { parameters: network.parameters.flat, groups: splits / parts }
    observe(
      joined(
        cut(batch, parts).map(({ clips }) =>
          tf.tidy(() => statisticsPass(network, onDevice(clips, pixels), mode)),
        ),
      ),
    )
  })
}

function onDevice({ pixels, labels, shape }: LabelledClips, statistics: PixelStatistics): DeviceClips {
  const { batch, frames, size } = shape
  const packed: Shape5 = [batch, frames, size, size, 3]
  return {
    clips: currentKernels().pack(pixels, packed, statistics),
    labels: tf.tensor1d(labels, 'int32'),
    form: { packed, pixels: statistics },
  }
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
