import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { currentKernels } from './backends/Kernels'
import type { PixelStatistics, Shape5 } from './backends/Kernels'
import type { Loss } from './Loss'
import type { Network } from './models/Network'
import type { GroupStatistics } from './backends/Kernels'
import type { Optimiser } from './optimiser'
import { evaluationPass, statisticsPass, trainingPass } from './passes'
import type { DeviceClips, Targets, TrainingPassResult } from './passes'
import { rankOf } from './rankOf'

/** Clips as bytes, N × T × H × W × 3, and the classes of each. */
export interface LabelledClips {
  readonly pixels: Uint8Array
  readonly shape: { readonly batch: number; readonly frames: number; readonly size: number }
  readonly labels: readonly (readonly number[])[]
}

export interface StepOptions {
  /** Cross-entropy if left out: then each clip has one label. */
  readonly loss?: Loss | undefined
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
  /** Mean over the batch before the update. */
  readonly loss: number
  /** Share of the batch whose largest logit is of a class of its own, 0..1. */
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
  const { splits, parts = 1, seed, iteration, pixels = referencePixels, loss = 'cross-entropy' } = options
  const { batch: clips } = batch.shape
  const running = network.statistics.inGroups(splits)
  const parameters = network.parameters.flat
  const results = cut(batch, parts).map((part, index) => {
    const statistics = rows(running, index * (splits / parts), splits / parts)
    const { firstClip } = part
    const mask = network.dropoutMask(part.clips.shape.batch, { seed, iteration, firstClip })
    const mode = { parameters, statistics, mask, of: clips }
    return () =>
      tf.tidy(() => {
        const targets = targetsOf(loss, part.clips.labels, network.classes)
        return trainingPass(network, { ...onDevice(part.clips, pixels), targets }, mode)
      })
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
      labels: labels.slice(part * batch, (part + 1) * batch),
    },
  }))
}

/** As PyTorch limits a norm: nothing changes below the limit. */
function limited(gradient: Tensor1D, norm: number, limit: number | undefined): Tensor1D {
  if (limit === undefined || norm <= limit) return gradient
  return tf.mul<Tensor1D>(gradient, limit / (norm + 1e-6))
}

/** Logits of each clip, with the running statistics; `parts` as in a step. */
export function evaluateStep(
  network: Network,
  batch: LabelledClips,
  { pixels = referencePixels, parts = 1 }: { pixels?: PixelStatistics; parts?: number } = {},
): Float32Array[] {
  return cut(batch, parts).flatMap(({ clips }) =>
    tf.tidy(() => {
      const weights = { parameters: network.parameters.flat, statistics: network.statistics.whole() }
      return logitsOfClips(evaluationPass(network, onDevice(clips, pixels), weights))
    }),
  )
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

function onDevice({ pixels, shape }: LabelledClips, statistics: PixelStatistics): DeviceClips {
  const { batch, frames, size } = shape
  const packed: Shape5 = [batch, frames, size, size, 3]
  return {
    clips: currentKernels().pack(pixels, packed, statistics),
    form: { packed, pixels: statistics },
  }
}

function targetsOf(loss: Loss, labels: LabelledClips['labels'], classes: number): Targets {
  if (loss === 'cross-entropy') {
    const single = Int32Array.from(labels, ([label]) => label!)
    return { loss, tensor: tf.tensor1d(single, 'int32') }
  }
  const wanted = new Float32Array(labels.length * classes)
  labels.forEach((own, clip) => own.forEach((label) => (wanted[clip * classes + label] = 1)))
  return { loss, tensor: tf.tensor2d(wanted, [labels.length, classes]) }
}

function readFacts(
  { loss, norm, logits }: { loss: tf.Tensor; norm: tf.Tensor; logits: Tensor2D },
  labels: LabelledClips['labels'],
): StepResult {
  const [lossValue, gradientNorm] = [loss.dataSync()[0]!, norm.dataSync()[0]!]
  const scores = logitsOfClips(logits)
  const right = labels.filter((own, clip) => rankOf(scores[clip]!, own) === 0).length
  const skipped = !Number.isFinite(lossValue) || !Number.isFinite(gradientNorm)
  return { loss: lossValue, top1: right / labels.length, gradientNorm, skipped }
}

/** A row for each clip. */
function logitsOfClips(logits: Tensor2D): Float32Array[] {
  const [clips, classes] = logits.shape
  const values = logits.dataSync<'float32'>()
  return Array.from({ length: clips }, (_, clip) => values.slice(clip * classes, (clip + 1) * classes))
}
