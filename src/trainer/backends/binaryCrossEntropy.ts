import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'

/** As `Kernels.binaryCrossEntropy`, of operations that every backend has; no exponential is of a positive number. */
export function binaryCrossEntropy(
  logits: Tensor2D,
  targets: Tensor2D,
): { readonly losses: Tensor1D; readonly gradient: Tensor2D } {
  return tf.tidy(() => {
    const [, classes] = logits.shape
    const linear = tf.sub(tf.relu(logits), tf.mul(logits, targets))
    const rest = tf.log1p(tf.exp(tf.neg(tf.abs(logits))))
    return {
      losses: tf.mean<Tensor1D>(tf.add(linear, rest), 1),
      gradient: tf.mul<Tensor2D>(tf.sub(tf.sigmoid(logits), targets), 1 / classes),
    }
  })
}
