import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { Pair, Shape4, Triple } from '../backends/Kernels'
import { currentKernels } from '../backends/Kernels'
import type { Blueprint } from './Blueprint'
import { half } from '../../network/windows'
import { withData } from './Frames'
import type { Frames } from './Frames'

export interface ConvolutionOptions {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly kernel: Triple
  readonly stride?: Triple
}

/** A convolution without bias, padded by half its kernel; the filter is an argument so that it owns nothing. */
export interface Convolution {
  readonly filter: number
  readonly forward: (x: Frames, filter: Tensor) => Frames
  readonly filterGradient: (x: Frames, outGradient: Tensor4D) => Tensor
}

export interface InnerConvolution extends Convolution {
  readonly inputGradient: (x: Frames, outGradient: Tensor4D, filter: Tensor) => Tensor4D
}

/** A convolution in space alone or in time alone: a two-dimensional one of frames, or of clips seen as frames × places. */
export function convolution(blueprint: Blueprint, options: ConvolutionOptions): InnerConvolution {
  return options.kernel[0] === 1 ? inSpace(blueprint, options) : inTime(blueprint, options)
}

/** A convolution of the pixels themselves, of any kernel. */
export function pixelConvolution(blueprint: Blueprint, options: ConvolutionOptions): Convolution {
  return options.kernel[0] === 1 ? inSpace(blueprint, options) : inSpaceAndTime(blueprint, options)
}

function inSpace(blueprint: Blueprint, options: ConvolutionOptions): InnerConvolution {
  const { from, to, kernel, stride = [1, 1, 1] } = options
  const shape: Shape4 = [kernel[1], kernel[2], from, to]
  const window = { stride: inner(stride), pad: inner(halves(kernel)) }
  return {
    filter: addFilter(blueprint, options, shape),
    forward: (x, filter) => withData(x, currentKernels().conv2d(x.data, filter as Tensor4D, window)),
    filterGradient: (x, outGradient) =>
      currentKernels().conv2dFilterGradient(x.data, outGradient, shape, window),
    inputGradient: (x, outGradient, filter) =>
      currentKernels().conv2dInputGradient(outGradient, filter as Tensor4D, x.data.shape, window),
  }
}

function inTime(blueprint: Blueprint, options: ConvolutionOptions): InnerConvolution {
  const { from, to, kernel, stride = [1, 1, 1] } = options
  const shape: Shape4 = [kernel[0], 1, from, to]
  const window = { stride: [stride[0], 1] as const, pad: [halves(kernel)[0], 0] as const }
  return {
    filter: addFilter(blueprint, options, shape),
    forward(x, filter) {
      const [, height, width] = x.data.shape
      const out = tf.tidy(() =>
        tf.reshape<tf.Rank.R4>(currentKernels().conv2d(placesOverTime(x), filter as Tensor4D, window), [
          -1,
          height,
          width,
          to,
        ]),
      )
      return framesLike(x, out)
    },
    filterGradient: (x, outGradient) =>
      tf.tidy(() => {
        const gradient = placesOverTime(framesLike(x, outGradient))
        return currentKernels().conv2dFilterGradient(placesOverTime(x), gradient, shape, window)
      }),
    inputGradient: (x, outGradient, filter) =>
      tf.tidy(() => {
        const [, height, width, channels] = x.data.shape
        const gradient = placesOverTime(framesLike(x, outGradient))
        const places: Shape4 = [x.clips, x.frames, height * width, channels]
        const result = currentKernels().conv2dInputGradient(gradient, filter as Tensor4D, places, window)
        return tf.reshape<tf.Rank.R4>(result, x.data.shape)
      }),
  }
}

/** One convolution in space with the taps of time as output channels, which are then shifted and summed. */
function inSpaceAndTime(blueprint: Blueprint, options: ConvolutionOptions): Convolution {
  const { from, to, kernel, stride = [1, 1, 1] } = options
  const taps = kernel[0]
  const shape: Shape4 = [kernel[1], kernel[2], from, taps * to]
  const window = { stride: inner(stride), pad: inner(halves(kernel)) }
  const delays = Array.from({ length: taps }, (_, tap) => tap - half(taps))
  return {
    filter: addFilter(blueprint, options, shape, [3, 4, 1, 2, 0]),
    forward(x, filter) {
      const out = tf.tidy(() => {
        const all = currentKernels().conv2d(x.data, filter as Tensor4D, window)
        const parts = currentKernels().splitChannels(all, new Array<number>(taps).fill(to))
        return tf.addN(parts.map((part, tap) => shifted(withData(x, part), delays[tap]!)))
      })
      return withData(x, out)
    },
    filterGradient: (x, outGradient) =>
      tf.tidy(() => {
        const gradient = withData(x, outGradient)
        const parts = currentKernels().joinChannels(delays.map((delay) => shifted(gradient, -delay)))
        return currentKernels().conv2dFilterGradient(x.data, parts, shape, window)
      }),
  }
}

/** Frame t of the result is frame t + `by`, or zero where the clip has none. */
function shifted({ data, clips, frames }: Frames, by: number): Tensor4D {
  if (by === 0) return data
  const gap = Math.abs(by)
  if (gap >= frames) return tf.mul<Tensor4D>(data, 0)
  const frame = data.size / data.shape[0]
  const lines = tf.reshape<tf.Rank.R2>(data, [clips, frames * frame])
  const kept = tf.slice(lines, [0, by > 0 ? gap * frame : 0], [clips, (frames - gap) * frame])
  const zeros = by > 0 ? ([0, gap * frame] as const) : ([gap * frame, 0] as const)
  return tf.reshape(tf.pad(kept, [[0, 0], [...zeros]]), data.shape)
}

/** He normal by what a filter sends out (He et al. 2015), as the reference initialises. */
function addFilter(
  blueprint: Blueprint,
  options: ConvolutionOptions,
  shape: Shape4,
  order: readonly number[] = [2, 3, 4, 1, 0],
): number {
  const { name, from, to, kernel } = options
  const fanOut = to * kernel[0] * kernel[1] * kernel[2]
  return blueprint.parameter({
    name: `${name}.weight`,
    torchShape: [to, from, ...kernel],
    order,
    shape,
    initial: { kind: 'normal', deviation: Math.sqrt(2 / fanOut) },
    role: 'weight',
  })
}

function halves(kernel: Triple): Triple {
  return [half(kernel[0]), half(kernel[1]), half(kernel[2])]
}

function inner(triple: Triple): Pair {
  return [triple[1], triple[2]]
}

/** An output, or its gradient, whose number of frames may differ from the input's. */
function framesLike(x: Frames, data: Tensor4D): Frames {
  return withData(x, data, data.shape[0] / x.clips)
}

function placesOverTime({ data, clips, frames }: Frames): Tensor4D {
  const [, height, width, channels] = data.shape
  return tf.reshape(data, [clips, frames, height * width, channels])
}
