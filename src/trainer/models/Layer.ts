import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { GroupStatistics, RunningStatistics } from '../backends/Kernels'
import type { Frames } from './Frames'

/** One pass through the network: where layers find their parameters and leave gradients. */
export interface Run {
  /** In training, batch normalisation takes its statistics from the batch, else the running ones. */
  readonly training: boolean
  /** Groups of neighbouring clips with statistics of their own, in training. */
  readonly groups: number
  /** Running statistics by layer, in evaluation. */
  readonly running: readonly RunningStatistics[]
  /** Those of the batch by layer, a row for each group, filled by `forward` in training. */
  readonly batch: GroupStatistics[]
  /** Parameter tensors by index. */
  readonly parameters: readonly Tensor[]
  /** Gradients by parameter index, filled by `back`. */
  readonly gradients: (Tensor | undefined)[]
}

/**
 * A layer's output and the way back. `back` turns the gradient of the output into the gradient of the input; it
 * disposes of what it is given, of the output and of everything the layer kept, so it may be called once.
 */
export interface Pass {
  readonly out: Frames
  readonly back: (outGradient: Tensor4D) => Tensor4D
}

export interface Layer {
  readonly forward: (x: Frames, run: Run) => Pass
}

export function sequence(layers: readonly Layer[]): Layer {
  return {
    forward(x, run) {
      const passes: Pass[] = []
      let out = x
      for (const layer of layers) {
        const pass = layer.forward(out, run)
        if (!run.training && out !== x) out.data.dispose()
        passes.push(pass)
        out = pass.out
      }
      return { out, back: (gradient) => passes.reduceRight((dy, pass) => pass.back(dy), gradient) }
    },
  }
}
