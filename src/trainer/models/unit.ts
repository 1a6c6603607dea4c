import { currentKernels } from '../backends/Kernels'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { batchNorm } from './batchNorm'
import type { Blueprint } from './Blueprint'
import { convolution, pixelConvolution } from './convolution'
import type { Convolution, ConvolutionOptions } from './convolution'
import { withData } from './Frames'
import type { Frames } from './Frames'
import type { Layer, Run } from './Layer'

export interface UnitOptions extends ConvolutionOptions {
  /** The name of its batch normalisation. */
  readonly norm: string
  readonly relu: boolean
  /** Scale of its batch normalisation at the start; 1 if left out. */
  readonly scale?: number
}

interface Half {
  readonly out: Frames
  /** Down to the convolution's output, with the filter's gradient left in the run. */
  readonly backToConvolution: (outGradient: Tensor4D) => Tensor4D
}

/** Convolution, batch normalisation and, if asked, ReLU. */
export function unit(blueprint: Blueprint, options: UnitOptions): Layer {
  const conv = convolution(blueprint, options)
  const half = normalised(blueprint, conv, options)
  return {
    forward(x, run) {
      const { out, backToConvolution } = half(x, run)
      return {
        out,
        back(outGradient) {
          const gradient = backToConvolution(outGradient)
          const inputGradient = conv.inputGradient(x, gradient, run.parameters[conv.filter]!)
          gradient.dispose()
          return inputGradient
        },
      }
    },
  }
}

/** The same at the pixels, where the way back ends. */
export function pixelUnit(blueprint: Blueprint, options: UnitOptions): PixelUnit {
  const conv = pixelConvolution(blueprint, options)
  const half = normalised(blueprint, conv, options)
  return {
    forward(x, run) {
      const { out, backToConvolution } = half(x, run)
      return { out, back: (outGradient) => backToConvolution(outGradient).dispose() }
    },
  }
}

export interface PixelUnit {
  readonly forward: (
    x: Frames,
    run: Run,
  ) => { readonly out: Frames; readonly back: (outGradient: Tensor4D) => void }
}

function normalised(
  blueprint: Blueprint,
  conv: Convolution,
  options: UnitOptions,
): (x: Frames, run: Run) => Half {
  const norm = batchNorm(blueprint, options.norm, options.to, options.scale)
  return (x, run) => {
    const convolved = conv.forward(x, run.parameters[conv.filter]!)
    const { out: normal, back } = norm.forward(convolved.data, run)
    const out = options.relu ? currentKernels().relu(normal) : normal
    if (options.relu) normal.dispose()
    if (!run.training) convolved.data.dispose()
    return {
      out: withData(convolved, out),
      backToConvolution(outGradient) {
        const gradient = back(options.relu ? throughRelu(out, outGradient) : outGradient)
        out.dispose()
        convolved.data.dispose()
        run.gradients[conv.filter] = conv.filterGradient(x, gradient)
        return gradient
      },
    }
  }
}

/** Disposes of the gradient it is given. */
export function throughRelu(out: Tensor4D, outGradient: Tensor4D): Tensor4D {
  const gradient = currentKernels().reluGradient(out, outGradient)
  outGradient.dispose()
  return gradient
}
