import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import { currentKernels } from '../backends/Kernels'
import type { Blueprint } from './Blueprint'
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
  const layer = blueprint.normalisation({ name, channels })
  return {
    forward(x, run) {
      const weights = [run.parameters[scale] as Tensor1D, run.parameters[offset] as Tensor1D] as const
      if (!run.training) {
        const out = currentKernels().batchNormFixed(x, ...weights, run.running[layer]!, epsilon)
        return { out, back: evaluationHasNoGradients }
      }
      const { groups } = run
      const rows = x.shape[0] / groups
      const part = (whole: Tensor4D, group: number): Tensor4D =>
        groups === 1 ? whole : tf.slice(whole, [group * rows], [rows])
      const passes = Array.from({ length: groups }, (_, group) =>
        currentKernels().batchNorm(part(x, group), ...weights, epsilon),
      )
      run.batch[layer] = passes.map((pass) => pass.batch)
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
