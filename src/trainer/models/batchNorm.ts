import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import { currentKernels } from '../backends/Kernels'
import type { RunningStatistics } from '../backends/Kernels'
import type { BatchNormState, Blueprint } from './Blueprint'
import type { Run } from './Layer'

const epsilon = 1e-5
const momentum = 0.1

export interface BatchNorm {
  /** The normalised tensor, which belongs to the caller; `back` disposes of the gradient it is given. */
  readonly forward: (
    x: Tensor4D,
    run: Run,
  ) => { readonly out: Tensor4D; readonly back: (outGradient: Tensor4D) => Tensor4D }
}

/**
 * Batch normalisation whose statistics come from `run.splits` groups of neighbouring clips, as if each group were a
 * device of its own (Wu et al. 2020, section 3.3); scale and offset are shared.
 */
export function batchNorm(blueprint: Blueprint, name: string, channels: number, initialScale = 1): BatchNorm {
  const scale = blueprint.vector(`${name}.weight`, channels, initialScale, 'batchNorm')
  const offset = blueprint.vector(`${name}.bias`, channels, 0, 'batchNorm')
  const state = blueprint.batchNorm(name, channels)
  return {
    forward(x, run) {
      const weights = [run.parameters[scale] as Tensor1D, run.parameters[offset] as Tensor1D] as const
      if (!run.training) return { out: fixed(x, ...weights, state), back: evaluationHasNoGradients }
      regroup(state, run.splits)
      const rows = x.shape[0] / run.splits
      const passes = state.groups.map((running, group) => {
        const part = run.splits === 1 ? x : tf.slice(x, [group * rows], [rows])
        return currentKernels().batchNorm(part, ...weights, running, { momentum, epsilon })
      })
      replaceGroups(
        state,
        passes.map((pass) => pass.running),
      )
      return {
        out: joined(passes.map((pass) => pass.out)),
        back(outGradient) {
          const gradients = passes.map((pass, group) => {
            const part = run.splits === 1 ? outGradient : tf.slice(outGradient, [group * rows], [rows])
            const result = pass.gradients(part)
            part.dispose()
            return result
          })
          outGradient.dispose()
          run.gradients[scale] = summed(gradients.map((gradient) => gradient.scale))
          run.gradients[offset] = summed(gradients.map((gradient) => gradient.offset))
          return joined(gradients.map((gradient) => gradient.input))
        },
      }
    },
  }
}

/** Statistics over all groups: the mean of means, and the mean variance plus the variance of means. */
export function aggregated({ groups }: BatchNormState): RunningStatistics {
  if (groups.length === 1) return { mean: groups[0]!.mean.clone(), variance: groups[0]!.variance.clone() }
  return tf.tidy(() => {
    const means = tf.stack(groups.map((group) => group.mean))
    const mean = tf.mean<Tensor1D>(means, 0)
    const within = tf.mean<Tensor1D>(tf.stack(groups.map((group) => group.variance)), 0)
    return { mean, variance: tf.add<Tensor1D>(within, tf.mean(tf.square(tf.sub(means, mean)), 0)) }
  })
}

/** Puts `groups` in the place of the old statistics. */
export function replaceGroups(state: BatchNormState, groups: readonly RunningStatistics[]): void {
  for (const { mean, variance } of state.groups) tf.dispose([mean, variance])
  for (const { mean, variance } of groups) {
    tf.keep(mean)
    tf.keep(variance)
  }
  state.groups = groups
}

/** Running statistics as they are now: one of the two must be called, `restore` to put them back or `forget`. */
export function remember(states: readonly BatchNormState[]): { restore(): void; forget(): void } {
  const kept = states.map(({ groups }) =>
    groups.map(({ mean, variance }) => ({
      mean: tf.keep(mean.clone()),
      variance: tf.keep(variance.clone()),
    })),
  )
  return {
    restore: () => states.forEach((state, index) => replaceGroups(state, kept[index]!)),
    forget: () => tf.dispose(kept),
  }
}

/** A new number of groups starts each from what all had together. */
function regroup(state: BatchNormState, splits: number): void {
  if (state.groups.length === splits) return
  const { mean, variance } = aggregated(state)
  replaceGroups(
    state,
    Array.from({ length: splits }, () => ({ mean: mean.clone(), variance: variance.clone() })),
  )
  tf.dispose([mean, variance])
}

function fixed(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, state: BatchNormState): Tensor4D {
  return tf.tidy(() => currentKernels().batchNormFixed(x, scale, offset, aggregated(state), epsilon))
}

function joined(parts: readonly Tensor4D[]): Tensor4D {
  if (parts.length === 1) return parts[0]!
  const whole = tf.concat([...parts], 0)
  tf.dispose([...parts])
  return whole
}

function summed(parts: readonly Tensor1D[]): Tensor1D {
  if (parts.length === 1) return parts[0]!
  const sum = tf.addN([...parts])
  tf.dispose([...parts])
  return sum
}

function evaluationHasNoGradients(): never {
  throw new Error('A pass in evaluation mode has no way back.')
}
