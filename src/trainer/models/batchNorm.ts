import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import { currentKernels } from '../backends/Kernels'
import type { RunningStatistics } from '../backends/Kernels'
import type { BatchNormState, Blueprint } from './Blueprint'
import type { Run } from './Layer'

const epsilon = 1e-5

export interface BatchNorm {
  /** The normalised tensor, which belongs to the caller; `back` disposes of the gradient it is given. */
  readonly forward: (
    x: Tensor4D,
    run: Run,
  ) => { readonly out: Tensor4D; readonly back: (outGradient: Tensor4D) => Tensor4D }
}

/**
 * Batch normalisation whose statistics come from groups of neighbouring clips, as if each group were a device of its
 * own (Wu et al. 2020, section 3.3); scale and offset are shared.
 */
export function batchNorm(blueprint: Blueprint, name: string, channels: number, initialScale = 1): BatchNorm {
  const scale = blueprint.vector(`${name}.weight`, channels, initialScale, 'batchNorm')
  const offset = blueprint.vector(`${name}.bias`, channels, 0, 'batchNorm')
  const state = blueprint.batchNorm(name, channels)
  return {
    forward(x, run) {
      const weights = [run.parameters[scale] as Tensor1D, run.parameters[offset] as Tensor1D] as const
      if (!run.training) return { out: fixed(x, ...weights, state), back: evaluationHasNoGradients }
      const { momentum, groups } = run
      const rows = x.shape[0] / groups.count
      const part = (whole: Tensor4D, group: number): Tensor4D =>
        groups.count === 1 ? whole : tf.slice(whole, [group * rows], [rows])
      const passes = Array.from({ length: groups.count }, (_, group) => {
        const running = movedStatistics(state, groups.of)[groups.first + group]!
        const options = { momentum, epsilon }
        const pass = currentKernels().batchNorm(part(x, group), ...weights, running, options)
        moveStatistics(state, groups.first + group, pass.running)
        return pass
      })
      return {
        out: joined(passes.map((pass) => pass.out)),
        back(outGradient) {
          const gradients = passes.map((pass, group) => {
            const own = part(outGradient, group)
            const result = pass.gradients(own)
            own.dispose()
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
  state.groups = groups.map(kept)
}

/** The running statistics become those that training passes have made of them. */
export function keepStatistics(state: BatchNormState): void {
  const { groups, next } = state
  if (!next) return
  state.groups = next
  state.next = undefined
  for (const { mean, variance } of groups.filter((group) => !next.includes(group))) {
    tf.dispose([mean, variance])
  }
}

/** The running statistics stay as before the training passes. */
export function dropStatistics(state: BatchNormState): void {
  const { groups, next = [] } = state
  state.next = undefined
  for (const { mean, variance } of next.filter((group) => !groups.includes(group))) {
    tf.dispose([mean, variance])
  }
}

/** Statistics that a pass starts from: those of the passes before it, in `groups` groups. */
function movedStatistics(state: BatchNormState, groups: number): RunningStatistics[] {
  const { next = [...state.groups] } = state
  if (next.length === groups) return (state.next = next)
  // A new number of groups starts each from what all had together.
  if (state.next) throw new Error(`${state.name} changes its groups within a step.`)
  const { mean, variance } = aggregated(state)
  state.next = Array.from({ length: groups }, () => kept({ mean: mean.clone(), variance: variance.clone() }))
  tf.dispose([mean, variance])
  return state.next
}

function moveStatistics(state: BatchNormState, group: number, moved: RunningStatistics): void {
  const { groups, next } = state
  const old = next![group]!
  next![group] = kept(moved)
  if (!groups.includes(old)) tf.dispose([old.mean, old.variance])
}

function kept(statistics: RunningStatistics): RunningStatistics {
  tf.keep(statistics.mean)
  tf.keep(statistics.variance)
  return statistics
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
