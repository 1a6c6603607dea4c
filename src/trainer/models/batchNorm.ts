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
      const pass = currentKernels().batchNorm(x, ...weights, {
        epsilon,
        groups: run.groups,
      })
      run.batch[layer] = pass.batch
      return {
        out: pass.out,
        back(outGradient) {
          const result = pass.gradients(outGradient)
          outGradient.dispose()
          run.gradients[scale] = result.scale
          run.gradients[offset] = result.offset
          return result.input
        },
      }
    },
  }
}

function evaluationHasNoGradients(): never {
  throw new Error('A pass in evaluation mode has no way back.')
}
