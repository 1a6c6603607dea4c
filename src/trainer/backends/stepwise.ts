import * as tf from '@tensorflow/tfjs-core'
import type { Computation, Program } from './Kernels'

/** A program that calls its operations one by one each time. */
export function stepwise(compute: Computation): Program {
  return { run: (inputs) => tf.tidy(() => [...compute(inputs)]), dispose: () => undefined }
}
