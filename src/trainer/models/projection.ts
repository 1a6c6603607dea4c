import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Blueprint } from './Blueprint'
import { convolution } from './convolution'
import { withData } from './Frames'
import type { Layer } from './Layer'

export interface ProjectionOptions {
  readonly name: string
  readonly from: number
  readonly to: number
}

/** A 1 × 1 × 1 convolution with a bias. */
export function projection(blueprint: Blueprint, options: ProjectionOptions): Layer {
  const conv = convolution(blueprint, { ...options, kernel: [1, 1, 1] })
  const bias = blueprint.vector(`${options.name}.bias`, options.to, 0, 'bias')
  return {
    forward(x, run) {
      const filter = run.parameters[conv.filter]!
      const out = tf.tidy(() => tf.add<Tensor4D>(conv.forward(x, filter).data, run.parameters[bias]!))
      return {
        out: withData(x, out),
        back(outGradient) {
          run.gradients[conv.filter] = conv.filterGradient(x, outGradient)
          run.gradients[bias] = tf.sum<Tensor1D>(outGradient, [0, 1, 2])
          const gradient = conv.inputGradient(x, outGradient, filter)
          tf.dispose([outGradient, out])
          return gradient
        },
      }
    },
  }
}
