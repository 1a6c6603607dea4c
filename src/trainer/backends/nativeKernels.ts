import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core'
import type { GroupStatistics, Kernels, Pair, PoolWindow, RunningStatistics, Window2d } from './Kernels'
import { binaryCrossEntropy } from './binaryCrossEntropy'
import { graphProgram } from './graph/graphProgram'
import { nativeBackend } from './nativeBackend'
import type { Attribute } from './nativeBackend'
import { stepwise } from './stepwise'

/** TensorFlow's own operations, called one by one: no tape, and none of the compositions TensorFlow.js makes of them. */
export const nativeKernels: Kernels = {
  conv2d: (x, filter, window) => image('Conv2D', convolution(filter.shape, window), [x, filter]),

  conv2dInputGradient: (outGradient, filter, inputShape, window) =>
    tf.tidy(() =>
      image('Conv2DBackpropInput', convolution(filter.shape, window), [
        ints32(inputShape),
        filter,
        outGradient,
      ]),
    ),

  // Explicit padding is left to operations of its own, or the fast kernels do not take it.
  conv2dFilterGradient: (x, outGradient, filterShape, window) =>
    tf.tidy(() => {
      const keeps = keepsSize(filterShape, window)
      const attributes = convolution(filterShape, keeps ? window : { ...window, pad: [0, 0] })
      const around = keeps ? x : padded(x, window.pad)
      return image('Conv2DBackpropFilter', attributes, [around, ints32(filterShape), outGradient])
    }),

  maxPool: (x, window) => image('MaxPool', pool(window), [x]),

  maxPoolGradient: (x, out, outGradient, window) => image('MaxPoolGrad', pool(window), [x, out, outGradient]),

  relu: (x) => image('Relu', [floats('T')], [x]),

  reluGradient: (out, outGradient) => image('ReluGrad', [floats('T')], [outGradient, out]),

  batchNorm(x, scale, offset, { epsilon, groups }) {
    const { parts, batch } = normalised(x, scale, offset, { epsilon, groups })
    return {
      out: joined(parts.map(({ out }) => out)),
      batch,
      gradients(outGradient) {
        const gradients = parts.map(({ saved }, group) => {
          const [own, dy] = [part(x, group, groups), part(outGradient, group, groups)]
          const [input, ofScale, ofOffset, ...unused] = several(
            'FusedBatchNormGradV3',
            normalisation(epsilon, true),
            [dy, own, scale, ...saved],
            5,
          )
          tf.dispose([...saved, ...unused, ...(groups > 1 ? [own, dy] : [])])
          return { input: input as Tensor4D, scale: ofScale as Tensor1D, offset: ofOffset as Tensor1D }
        })
        return {
          input: joined(gradients.map(({ input }) => input)),
          scale: summed(gradients.map((gradient) => gradient.scale)),
          offset: summed(gradients.map((gradient) => gradient.offset)),
        }
      },
    }
  },

  batchNormFixed(x, scale, offset, running: RunningStatistics, epsilon) {
    const inputs = [x, scale, offset, running.mean, running.variance]
    const [out, ...unused] = several('FusedBatchNormV3', normalisation(epsilon, false), inputs, 6)
    tf.dispose(unused)
    return out as Tensor4D
  },

  crossEntropy(logits: Tensor2D, labels: Tensor1D) {
    const attributes = [floats('T'), type('Tlabels', nativeBackend().binding.TF_INT32)]
    const [losses, gradient] = several('SparseSoftmaxCrossEntropyWithLogits', attributes, [logits, labels], 2)
    return { losses: losses as Tensor1D, gradient: gradient as Tensor2D }
  },

  binaryCrossEntropy,

  // Uploaded as bytes, a quarter of what integers or floats would be.
  pack(pixels) {
    const words = new Int32Array(Math.ceil(pixels.length / 4))
    new Uint8Array(words.buffer).set(pixels)
    return tf.tensor1d(words, 'int32')
  },

  unpack: (words, shape, { mean, deviation }) =>
    tf.tidy(() => {
      const { TF_INT32, TF_FLOAT } = nativeBackend().binding
      const bytes = single('Bitcast', [type('T', TF_INT32), type('type', uint8)], [words])
      const values = single(
        'Cast',
        [type('SrcT', uint8), type('DstT', TF_FLOAT), flag('Truncate', false)],
        [bytes],
      )
      const [clips, frames, height, width, channels] = shape
      const pixels = clips * frames * height * width * channels
      const used = words.size * 4 === pixels ? values : tf.slice(tf.reshape(values, [-1]), 0, pixels)
      // Whole lines, since operations on three channels at a time are slow.
      const lines = tf.reshape<tf.Rank.R2>(used, [clips * frames * height, width * channels])
      const scale = tf.tensor1d(deviation.map((value) => 1 / (255 * value)))
      const offset = tf.tensor1d(mean.map((value, channel) => -value / deviation[channel]!))
      return tf.reshape<tf.Rank.R5>(
        tf.add(tf.mul(lines, tf.tile(scale, [width])), tf.tile(offset, [width])),
        [...shape],
      )
    }),

  joinChannels: (parts) => tf.concat4d([...parts], 3),

  splitChannels: (x, widths) => tf.split(x, [...widths], 3),

  splitVector: (vector, lengths) =>
    tf.tidy(() => {
      const { TF_INT32 } = nativeBackend().binding
      const attributes = [
        floats('T'),
        type('Tlen', TF_INT32),
        { ...ints('num_split', []), value: lengths.length },
      ]
      const inputs = [vector, ints32(lengths), tf.scalar(0, 'int32')]
      return several('SplitV', attributes, inputs, lengths.length) as Tensor1D[]
    }),

  // A graph takes its inputs from the processor's memory: on a GPU the parameters would cross the bus at every step,
  // and there operations that are called one by one overlap with JavaScript as it is.
  program: (compute) => (nativeBackend().isUsingGpuDevice ? stepwise(compute) : graphProgram(compute)),
}

/** TensorFlow's number for bytes, which TensorFlow.js has no name for. */
const uint8 = 4

function padded(x: Tensor4D, [height, width]: Pair): Tensor4D {
  if (height === 0 && width === 0) return x
  return tf.pad(x, [
    [0, 0],
    [height, height],
    [width, width],
    [0, 0],
  ])
}

function convolution(filterShape: readonly number[], window: Window2d): Attribute[] {
  return [
    floats('T'),
    ints('strides', [1, ...window.stride, 1]),
    ...(keepsSize(filterShape, window) ? [text('padding', 'SAME')] : padding(window.pad)),
    text('data_format', 'NHWC'),
    ints('dilations', [1, 1, 1, 1]),
    flag('use_cudnn_on_gpu', true),
  ]
}

/** Where TensorFlow's own padding is the one asked for, faster kernels take it. */
function keepsSize([height, width]: readonly number[], { stride, pad }: Window2d): boolean {
  return stride[0] === 1 && stride[1] === 1 && height === 2 * pad[0] + 1 && width === 2 * pad[1] + 1
}

function padding([height, width]: Pair): Attribute[] {
  if (height === 0 && width === 0) return [text('padding', 'VALID')]
  return [text('padding', 'EXPLICIT'), ints('explicit_paddings', [0, 0, height, height, width, width, 0, 0])]
}

function pool({ size, stride, pad }: PoolWindow): Attribute[] {
  return [
    floats('T'),
    ints('ksize', [1, ...size, 1]),
    ints('strides', [1, ...stride, 1]),
    ...padding(pad),
    text('data_format', 'NHWC'),
  ]
}

function normalisation(epsilon: number, training: boolean): Attribute[] {
  return [
    floats('T'),
    floats('U'),
    text('data_format', 'NHWC'),
    float('epsilon', epsilon),
    flag('is_training', training),
  ]
}

function image(op: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor4D {
  return single(op, attributes, inputs) as Tensor4D
}

function single(op: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor {
  return nativeBackend().executeSingleOutput(op, attributes, inputs)
}

function several(
  op: string,
  attributes: readonly Attribute[],
  inputs: readonly TensorInfo[],
  outputs: number,
): Tensor[] {
  return nativeBackend().executeMultipleOutputs(op, attributes, inputs, outputs)
}

function ints32(values: readonly number[]): Tensor1D {
  return tf.tensor1d([...values], 'int32')
}

function type(name: string, value: number): Attribute {
  return { name, type: nativeBackend().binding.TF_ATTR_TYPE, value }
}

function floats(name: string): Attribute {
  return type(name, nativeBackend().binding.TF_FLOAT)
}

function text(name: string, value: string): Attribute {
  return { name, type: nativeBackend().binding.TF_ATTR_STRING, value }
}

function ints(name: string, value: readonly number[]): Attribute {
  return { name, type: nativeBackend().binding.TF_ATTR_INT, value }
}

function float(name: string, value: number): Attribute {
  return { name, type: nativeBackend().binding.TF_ATTR_FLOAT, value }
}

function flag(name: string, value: boolean): Attribute {
  return { name, type: nativeBackend().binding.TF_ATTR_BOOL, value }
}

interface Normalised {
  /** By group: what is normalised, and what the gradient's operation wants to have of it. */
  readonly parts: readonly { readonly out: Tensor4D; readonly saved: readonly Tensor[] }[]
  readonly batch: GroupStatistics
}

interface Grouping {
  readonly epsilon: number
  readonly groups: number
}

/** Above so many rows, the error of TensorFlow's own sums (in single precision, row after row) begins to show. */
const fewRows = 256

function normalised(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, options: Grouping): Normalised {
  const [, , , channels] = x.shape
  const { epsilon, groups } = options
  const rows = x.size / channels / groups
  if (nativeBackend().isUsingGpuDevice || rows <= fewRows) return fused(x, scale, offset, options)
  const mean = meansOf(x, groups)
  const squares = tf.tidy(() =>
    tf.reshape<tf.Rank.R4>(
      single(
        'SquaredDifference',
        [floats('T')],
        [tf.reshape(x, [groups, rows, channels]), tf.reshape(mean, [groups, 1, channels])],
      ),
      x.shape,
    ),
  )
  const variance = meansOf(squares, groups)
  squares.dispose()
  const [means, variances] = [rowsOf(mean), rowsOf(variance)]
  const parts = means.map((own, group) => {
    const images = part(x, group, groups)
    const inputs = [images, scale, offset, own, variances[group]!]
    const [out, ...unused] = several('FusedBatchNormV3', normalisation(epsilon, false), inputs, 6)
    const last = unused.pop()!
    tf.dispose([...unused, ...(groups > 1 ? [images] : [])])
    return { out: out as Tensor4D, saved: [own, variances[group]!, last] }
  })
  const unbiased = tf.mul<Tensor2D>(variance, rows / (rows - 1))
  variance.dispose()
  return { parts, batch: { mean, variance: unbiased } }
}

function fused(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, { epsilon, groups }: Grouping): Normalised {
  const none = tf.tensor1d([], 'float32')
  const passes = Array.from({ length: groups }, (_, group) => {
    const images = part(x, group, groups)
    const inputs = [images, scale, offset, none, none]
    const outputs = several('FusedBatchNormV3', normalisation(epsilon, true), inputs, 6)
    if (groups > 1) images.dispose()
    const [out, mean, variance, ...saved] = outputs as [Tensor4D, Tensor1D, Tensor1D, ...Tensor[]]
    return { out, saved, mean, variance }
  })
  none.dispose()
  const rows = (own: Tensor1D[]): Tensor2D => {
    const all = tf.tidy(() => tf.reshape<tf.Rank.R2>(tf.concat1d(own), [groups, -1]))
    tf.dispose(own)
    return all
  }
  const batch = {
    mean: rows(passes.map(({ mean }) => mean)),
    variance: rows(passes.map(({ variance }) => variance)),
  }
  return { parts: passes, batch }
}

/** Of each channel and group: over columns, then over rows, then over images, so that no sum is long. */
function meansOf(x: Tensor4D, groups: number): Tensor2D {
  const attributes = [floats('T'), type('Tidx', nativeBackend().binding.TF_INT32), flag('keep_dims', false)]
  const mean = (of: Tensor, axis: number): Tensor =>
    single('Mean', attributes, [of, tf.scalar(axis, 'int32')])
  return tf.tidy(() => {
    const ofImages = mean(mean(x, 2), 1)
    return mean(tf.reshape(ofImages, [groups, x.shape[0] / groups, x.shape[3]]), 1) as Tensor2D
  })
}

function rowsOf(matrix: Tensor2D): Tensor1D[] {
  const [rows, columns] = matrix.shape
  return tf.tidy(() =>
    nativeKernels.splitVector(tf.reshape(matrix, [matrix.size]), new Array<number>(rows).fill(columns)),
  )
}

/** The images of one group; all of them are not copied, and still belong to whoever gave them. */
function part(x: Tensor4D, group: number, groups: number): Tensor4D {
  const images = x.shape[0] / groups
  return groups === 1 ? x : tf.slice(x, [group * images, 0, 0, 0], [images, -1, -1, -1])
}

function joined(parts: readonly Tensor4D[]): Tensor4D {
  if (parts.length === 1) return parts[0]!
  const whole = tf.concat4d([...parts], 0)
  tf.dispose([...parts])
  return whole
}

function summed(parts: readonly Tensor1D[]): Tensor1D {
  if (parts.length === 1) return parts[0]!
  const sum = tf.addN([...parts])
  tf.dispose([...parts])
  return sum
}
