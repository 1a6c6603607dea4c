import * as tf from '@tensorflow/tfjs-core'
import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Affinity } from '../../network/architecture'
import { attention } from './attention'
import { batchNorm } from './batchNorm'
import type { Blueprint } from './Blueprint'
import { withData } from './Frames'
import type { Frames } from './Frames'
import type { Layer } from './Layer'
import { poolInSpace } from './maxPool'
import { projection } from './projection'

export interface NonLocalOptions {
  readonly name: string
  readonly channels: number
  readonly affinity: Affinity
}

/** Every position sees all others, at half the channels; the result is added to the input (Wang et al. 2018). */
export function nonLocal(blueprint: Blueprint, { name, channels, affinity }: NonLocalOptions): Layer {
  const inner = channels / 2
  const [toTheta, toPhi, toG] = ['theta', 'phi', 'g'].map((part) =>
    projection(blueprint, { name: `${name}.conv_${part}`, from: channels, to: inner }),
  ) as [Layer, Layer, Layer]
  const outward = projection(blueprint, { name: `${name}.conv_out`, from: inner, to: channels })
  const norm = batchNorm(blueprint, `${name}.bn`, channels, 0)
  const pool = poolInSpace(2, 2)
  return {
    forward(x, run) {
      const pooled = pool.forward(x, run)
      const theta = toTheta.forward(x, run)
      const phi = toPhi.forward(pooled.out, run)
      const g = toG.forward(pooled.out, run)
      const seen = attention(positions(theta.out), positions(phi.out), positions(g.out), affinity)
      const spread = tf.reshape<tf.Rank.R4>(seen.out, theta.out.data.shape)
      const projected = outward.forward(withData(x, spread), run)
      const normal = norm.forward(projected.out.data, run)
      const out = tf.add<Tensor4D>(normal.out, x.data)
      normal.out.dispose()
      return {
        out: withData(x, out),
        back(outGradient) {
          const aside = outGradient.clone()
          const spreadGradient = projected.back(normal.back(outGradient))
          const gradients = seen.back(tf.reshape<tf.Rank.R3>(spreadGradient, seen.out.shape))
          const back = {
            theta: theta.back(tf.reshape<tf.Rank.R4>(gradients.theta, theta.out.data.shape)),
            phi: phi.back(tf.reshape<tf.Rank.R4>(gradients.phi, phi.out.data.shape)),
            g: g.back(tf.reshape<tf.Rank.R4>(gradients.g, g.out.data.shape)),
          }
          const pooledGradient = pooled.back(tf.add<Tensor4D>(back.phi, back.g))
          tf.dispose([back.phi, back.g, spreadGradient, gradients, spread, out])
          const inputGradient = tf.addN([aside, back.theta, pooledGradient])
          tf.dispose([aside, back.theta, pooledGradient])
          return inputGradient
        },
      }
    },
  }
}

function positions({ data, clips }: Frames): Tensor3D {
  const [rows, height, width, channels] = data.shape
  return tf.reshape(data, [clips, (rows / clips) * height * width, channels])
}
