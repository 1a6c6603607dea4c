import * as tf from '@tensorflow/tfjs-core'
import type { Tensor3D } from '@tensorflow/tfjs-core'
import type { Affinity } from '../../network/architecture'

export interface Attention {
  readonly out: Tensor3D
  /** Disposes of the gradient and of what was kept. */
  back(outGradient: Tensor3D): { readonly theta: Tensor3D; readonly phi: Tensor3D; readonly g: Tensor3D }
}

/** Σ over positions of affinity(theta, phi) · g, each clips × positions × channels (Wang et al. 2018). */
export function attention(theta: Tensor3D, phi: Tensor3D, g: Tensor3D, kind: Affinity): Attention {
  const scale = kind === 'softmax' ? 1 / Math.sqrt(theta.shape[2]) : 1 / phi.shape[1]
  const affinity = tf.tidy(() => {
    const scores: Tensor3D = tf.mul(tf.matMul(theta, phi, false, true), scale)
    return kind === 'softmax' ? tf.softmax(scores) : scores
  })
  const out = tf.matMul<Tensor3D>(affinity, g)
  return {
    out,
    back: (outGradient) =>
      tf.tidy(() => {
        const affinityGradient = tf.matMul<Tensor3D>(outGradient, g, false, true)
        const scores = tf.mul<Tensor3D>(
          kind === 'softmax' ? throughSoftmax(affinity, affinityGradient) : affinityGradient,
          scale,
        )
        const gradients = {
          theta: tf.matMul<Tensor3D>(scores, phi),
          phi: tf.matMul<Tensor3D>(scores, theta, true, false),
          g: tf.matMul<Tensor3D>(affinity, outGradient, true, false),
        }
        tf.dispose([outGradient, affinity, out])
        return gradients
      }),
  }
}

function throughSoftmax(out: Tensor3D, outGradient: Tensor3D): Tensor3D {
  const weighted = tf.mul(out, outGradient)
  return tf.sub(weighted, tf.mul(out, tf.sum(weighted, 2, true)))
}
