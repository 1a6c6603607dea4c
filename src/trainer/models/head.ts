import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Blueprint } from './Blueprint'
import type { Frames } from './Frames'
import type { Run } from './Layer'
import { uniformAt } from './random'

export interface Head {
  /** Pooled features of a clip. */
  readonly features: number
  /** Logits of each clip; `mask`, clips × features, is what dropout multiplies the features by. */
  forward(pathways: readonly Frames[], run: Run, mask?: Tensor2D): HeadPass
}

export interface HeadPass {
  readonly logits: Tensor2D
  /** Gradients of the pathways; disposes of the gradient and of what was kept. */
  back(logitsGradient: Tensor2D): readonly Tensor4D[]
}

/** Which features to drop is drawn from the seed: the same seed, the same features. */
export interface Dropout {
  readonly rate: number
  readonly seed: number
  /** The first clip's place in its batch: a clip's features do not depend on which clips come with it. */
  readonly firstClip: number
}

/** Average of each pathway over time and space, side by side, then a linear layer. */
export function head(blueprint: Blueprint, channels: readonly number[], classes: number): Head {
  const features = channels.reduce((sum, count) => sum + count, 0)
  const weight = blueprint.parameter({
    name: 'head.projection.weight',
    torchShape: [classes, features],
    order: [1, 0],
    shape: [features, classes],
    initial: { kind: 'normal', deviation: 0.01 },
    role: 'weight',
  })
  const bias = blueprint.vector('head.projection.bias', classes, 0, 'bias')
  return {
    features,
    forward(pathways, run, mask) {
      const matrix = run.parameters[weight] as Tensor2D
      const pooled = tf.tidy(() => {
        const means = tf.concat(pathways.map(averages), 1)
        return mask ? tf.mul<Tensor2D>(means, mask) : means
      })
      const logits = tf.tidy(() => tf.add<Tensor2D>(tf.matMul(pooled, matrix), run.parameters[bias]!))
      return {
        logits,
        back(logitsGradient) {
          run.gradients[weight] = tf.matMul(pooled, logitsGradient, true, false)
          run.gradients[bias] = tf.sum<Tensor1D>(logitsGradient, 0)
          const gradients = tf.tidy(() => {
            const product: Tensor2D = tf.matMul(logitsGradient, matrix, false, true)
            const parts = tf.split<Tensor2D>(mask ? tf.mul(product, mask) : product, [...channels], 1)
            return parts.map((part, index) => spread(part, pathways[index]!))
          })
          tf.dispose([logitsGradient, pooled, logits])
          return gradients
        },
      }
    },
  }
}

function averages({ data, clips }: Frames): Tensor2D {
  const [rows, height, width, channels] = data.shape
  return tf.mean(tf.reshape(data, [clips, (rows / clips) * height * width, channels]), 1)
}

/** The gradient of `averages`. */
function spread(gradient: Tensor2D, { data, clips }: Frames): Tensor4D {
  const [rows, height, width, channels] = data.shape
  const places = (rows / clips) * height * width
  const each = tf.reshape(tf.mul(gradient, 1 / places), [clips, 1, channels])
  return tf.reshape(tf.tile(each, [1, places, 1]), data.shape)
}

/** Clips × features: 0 where dropped, 1 / (1 − rate) elsewhere. */
export function dropoutMask(clips: number, features: number, { rate, seed, firstClip }: Dropout): Tensor2D {
  const kept = 1 / (1 - rate)
  const values = Float32Array.from({ length: clips * features }, (_, i) =>
    uniformAt(seed, firstClip * features + i) < rate ? 0 : kept,
  )
  return tf.tensor2d(values, [clips, features])
}
