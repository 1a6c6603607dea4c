import * as tf from '@tensorflow/tfjs-core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { currentKernels } from '../backends/Kernels'
import { lateralRatio } from '../../network/architecture'
import type { Blueprint } from './Blueprint'
import { withData } from './Frames'
import type { Frames } from './Frames'
import type { Run } from './Layer'
import { unit } from './unit'

/** Carries the fast pathway over to the slow one, whose channels then hold both, slow first. */
export interface Lateral {
  forward(slow: Frames, fast: Frames, run: Run): LateralPass
}

export interface LateralPass {
  readonly out: Frames
  back(outGradient: Tensor4D): { readonly slow: Tensor4D; readonly fast: Tensor4D }
}

export interface LateralOptions {
  readonly name: string
  /** Channels of the fast pathway. */
  readonly from: number
  readonly alpha: number
  /** Frames that it spans. */
  readonly kernel: number
}

export function lateral(blueprint: Blueprint, { name, from, alpha, kernel }: LateralOptions): Lateral {
  const convolved = unit(blueprint, {
    name: `${name}.conv_f2s`,
    norm: `${name}.bn`,
    from,
    to: lateralRatio * from,
    kernel: [kernel, 1, 1],
    stride: [alpha, 1, 1],
    relu: true,
  })
  return {
    forward(slow, fast, run) {
      const carried = convolved.forward(fast, run)
      const out = withData(slow, currentKernels().joinChannels([slow.data, carried.out.data]))
      return {
        out,
        back(outGradient) {
          const widths = [slow.data.shape[3], carried.out.data.shape[3]]
          const [toSlow, toFast] = currentKernels().splitChannels(outGradient, widths)
          tf.dispose([outGradient, out.data])
          return { slow: toSlow!, fast: carried.back(toFast!) }
        },
      }
    },
  }
}
