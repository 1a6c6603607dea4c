import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend } from './nativeBackend'

/** Tensors alive in TensorFlow.js and, on the native backend, in TensorFlow itself: both must be flat. */
export function tensorCount(): { readonly engine: number; readonly native?: number } {
  const engine = tf.memory().numTensors
  return tf.getBackend() === 'tensorflow'
    ? { engine, native: nativeBackend().getNumOfTFTensors() }
    : { engine }
}
