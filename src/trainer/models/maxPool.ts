import * as tf from '@tensorflow/tfjs-core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { currentKernels } from '../backends/Kernels'
import type { PoolWindow } from '../backends/Kernels'
import { half } from '../../network/windows'
import { withData } from './Frames'
import type { Layer } from './Layer'

/** The largest of 3 × 3 places of each frame, at every other place. */
export const stemPool: Layer = poolInSpace(3, 2)

/** The largest of two frames, where the reference halves time. */
export const framePool: Layer = {
  forward(x) {
    const window = { size: [2, 1], stride: [2, 1], pad: [0, 0] } as const
    const [, height, width, channels] = x.data.shape
    const before = tf.reshape<tf.Rank.R4>(x.data, [x.clips, x.frames, height * width, channels])
    const after = pooled(before, window)
    const frames = after.shape[1]
    const out = withData(
      x,
      tf.reshape<tf.Rank.R4>(after, [x.clips * frames, height, width, channels]),
      frames,
    )
    return {
      out,
      back: (outGradient) =>
        tf.tidy(() => {
          const gradient = tf.reshape<tf.Rank.R4>(outGradient, after.shape)
          const result = currentKernels().maxPoolGradient(before, after, gradient, window)
          tf.dispose([outGradient, out.data, before, after])
          return tf.reshape<tf.Rank.R4>(result, x.data.shape)
        }),
    }
  },
}

export function poolInSpace(side: number, stride: number): Layer {
  const pad = half(side)
  const window = { size: [side, side], stride: [stride, stride], pad: [pad, pad] } as const
  return {
    forward(x) {
      const out = pooled(x.data, window)
      return {
        out: withData(x, out),
        back(outGradient: Tensor4D) {
          const gradient = currentKernels().maxPoolGradient(x.data, out, outGradient, window)
          tf.dispose([outGradient, out])
          return gradient
        },
      }
    },
  }
}

/** Throws RangeError where nothing is left: some kernels take what is empty, and the network would see nothing. */
function pooled(x: Tensor4D, window: PoolWindow): Tensor4D {
  const out = currentKernels().maxPool(x, window)
  if (out.size > 0) return out
  out.dispose()
  throw new RangeError('The clip has too few frames or pixels for this network: a pool of it is empty.')
}
