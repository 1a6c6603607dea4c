import * as tf from '@tensorflow/tfjs-core'
import { currentKernels } from '../backends/Kernels'
import type { Blueprint } from './Blueprint'
import { withData } from './Frames'
import { sequence } from './Layer'
import type { Layer } from './Layer'
import { throughRelu, unit } from './unit'

export interface BottleneckOptions {
  readonly name: string
  readonly from: number
  readonly inner: number
  readonly to: number
  readonly temporalKernel: number
  readonly stride: number
}

/** A residual block: 1 × 1 (or in time), 3 × 3, 1 × 1, plus its input (He et al. 2016). */
export function bottleneck(blueprint: Blueprint, options: BottleneckOptions): Layer {
  const { name, from, inner, to, temporalKernel, stride } = options
  const shortcut =
    from === to && stride === 1
      ? undefined
      : unit(blueprint, {
          name: `${name}.branch1`,
          norm: `${name}.branch1_bn`,
          from,
          to,
          kernel: [1, 1, 1],
          stride: [1, stride, stride],
          relu: false,
        })
  const part = (letter: string) => ({
    name: `${name}.branch2.${letter}`,
    norm: `${name}.branch2.${letter}_bn`,
  })
  const branch = sequence([
    unit(blueprint, { ...part('a'), from, to: inner, kernel: [temporalKernel, 1, 1], relu: true }),
    unit(blueprint, {
      ...part('b'),
      from: inner,
      to: inner,
      kernel: [1, 3, 3],
      stride: [1, stride, stride],
      relu: true,
    }),
    unit(blueprint, { ...part('c'), from: inner, to, kernel: [1, 1, 1], relu: false, scale: 0 }),
  ])
  return {
    forward(x, run) {
      const main = branch.forward(x, run)
      const side = shortcut?.forward(x, run)
      const sum = tf.add<tf.Tensor4D>(main.out.data, side?.out.data ?? x.data)
      const out = currentKernels().relu(sum)
      tf.dispose([sum, main.out.data, ...(side ? [side.out.data] : [])])
      return {
        out: withData(main.out, out),
        back(outGradient) {
          const gradient = throughRelu(out, outGradient)
          out.dispose()
          const forSide = gradient.clone()
          const mainGradient = main.back(gradient)
          const sideGradient = side ? side.back(forSide) : forSide
          const inputGradient = tf.add<tf.Tensor4D>(mainGradient, sideGradient)
          tf.dispose([mainGradient, sideGradient])
          return inputGradient
        },
      }
    },
  }
}
