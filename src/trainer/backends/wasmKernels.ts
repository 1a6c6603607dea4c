import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Kernels, Pair, PoolWindow, Shape4, Window2d } from './Kernels'
import { binaryCrossEntropy } from './binaryCrossEntropy'
import { normalise } from './normalise'
import { stepwise } from './stepwise'
import { batchNorm, batchNormFixed } from './wasmBatchNorm'
import { blank, inPlace, keepRoom } from './wasmHeap'

/**
 * On wasm only the forward two-dimensional convolution and the matrix product are fast, and the three-dimensional
 * kernels are wrong; so everything here is made of those two, of element-wise operations, and of loops over the heap.
 */
export const wasmKernels: Kernels = {
  conv2d: (x, filter, window) => tf.tidy(() => convolve(x, filter, window)),

  conv2dInputGradient: (outGradient, filter, inputShape, window) =>
    tf.tidy(() => inputGradient(outGradient, filter, inputShape, window)),

  conv2dFilterGradient: (x, outGradient, filterShape, window) =>
    tf.tidy(() => filterGradient(x, outGradient, filterShape, window)),

  maxPool: (x, { size, stride, pad }) =>
    tf.maxPool(x, [...size], [...stride], explicit(pad[0], pad[0], pad[1], pad[1])),

  maxPoolGradient: (x, out, outGradient, window) => scatterToLargest(x, out, outGradient, window),

  relu: (x) => tf.relu(x),

  reluGradient: (out, outGradient) => tf.tidy(() => tf.mul<Tensor4D>(outGradient, tf.step(out))),

  batchNorm,

  batchNormFixed,

  crossEntropy: (logits: Tensor2D, labels: Tensor1D) =>
    tf.tidy(() => {
      const [, classes] = logits.shape
      const wanted = tf.cast(tf.oneHot(labels, classes), 'float32')
      const logs = tf.logSoftmax(logits)
      return {
        losses: tf.neg(tf.sum<Tensor1D>(tf.mul(logs, wanted), 1)),
        gradient: tf.sub<Tensor2D>(tf.exp(logs), wanted),
      }
    }),

  binaryCrossEntropy,

  // Normalised as they are packed, by a table: faster than arithmetic on the packed bytes.
  pack: (pixels, shape, statistics) => normalise(pixels, shape, statistics),

  unpack: (packed, shape) => tf.reshape<tf.Rank.R5>(packed, [...shape]),

  // TensorFlow.js would go place by place, with a view of each.
  joinChannels(parts) {
    const channels = parts.reduce((sum, part) => sum + part.shape[3], 0)
    const whole = blank<tf.Rank.R4>([...parts[0]!.shape.slice(0, 3), channels])
    const to = inPlace(whole)
    let first = 0
    for (const part of parts) {
      const [from, width] = [inPlace(part), part.shape[3]]
      for (let at = 0, into = first; at < from.length; into += channels - width) {
        for (const end = at + width; at < end; at++, into++) to[into] = from[at]!
      }
      first += width
    }
    return whole
  },

  splitChannels(x, widths) {
    const channels = x.shape[3]
    let first = 0
    return widths.map((width) => {
      const part = blank<tf.Rank.R4>([...x.shape.slice(0, 3), width])
      const [to, from] = [inPlace(part), inPlace(x)]
      for (let into = 0, at = first; into < to.length; at += channels - width) {
        for (const end = into + width; into < end; into++, at++) to[into] = from[at]!
      }
      first += width
      return part
    })
  },

  // It would copy the whole vector for each piece.
  splitVector(vector, lengths) {
    let at = 0
    return lengths.map((length) => {
      const piece = blank<tf.Rank.R1>([length])
      inPlace(piece).set(inPlace(vector).subarray(at, (at += length)))
      return piece
    })
  },

  program(compute) {
    const program = stepwise(compute)
    return {
      ...program,
      run(inputs) {
        keepRoom()
        return program.run(inputs)
      },
    }
  },
}

function convolve(x: Tensor4D, filter: Tensor4D, { stride, pad }: Window2d): Tensor4D {
  return tf.conv2d(x, filter, [...stride], explicit(pad[0], pad[0], pad[1], pad[1]))
}

/** The forward convolution of the gradient, spread out by the stride, with the filter turned round. */
function inputGradient(
  outGradient: Tensor4D,
  filter: Tensor4D,
  inputShape: Shape4,
  { stride, pad }: Window2d,
): Tensor4D {
  const [height, width] = filter.shape
  const turned = tf.transpose(height * width === 1 ? filter : tf.reverse(filter, [0, 1]), [0, 1, 3, 2])
  const spread = spreadOut(outGradient, stride)
  const rows = surround(spread.shape[1], height - 1 - pad[0], inputShape[1] + height - 1)
  const columns = surround(spread.shape[2], width - 1 - pad[1], inputShape[2] + width - 1)
  return convolveWithin(spread, turned, { rows, columns })
}

/**
 * Of one tap, a matrix product; else the forward convolution of the input, its channels as a batch, with the gradient
 * as a filter dilated by the stride.
 */
function filterGradient(
  x: Tensor4D,
  outGradient: Tensor4D,
  filterShape: readonly number[],
  { stride, pad }: Window2d,
): Tensor4D {
  const [kernelHeight, kernelWidth, inputs, outputs] = filterShape as [number, number, number, number]
  const [, height, width] = outGradient.shape
  if (kernelHeight * kernelWidth === 1) {
    const seen = takenApart(x, stride, [height, width])
    const gradients = tf.reshape<tf.Rank.R2>(outGradient, [seen.shape[1], outputs])
    return tf.reshape(tf.matMul(seen, gradients), [1, 1, inputs, outputs])
  }
  const rows = surround(x.shape[1], pad[0], kernelHeight + (height - 1) * stride[0])
  const columns = surround(x.shape[2], pad[1], kernelWidth + (width - 1) * stride[1])
  const channelsFirst = tf.transpose(x, [3, 1, 2, 0])
  const asFilter = tf.transpose(outGradient, [1, 2, 0, 3])
  return tf.transpose(
    convolveWithin(channelsFirst, asFilter, { rows, columns, dilation: stride }),
    [1, 2, 0, 3],
  )
}

/** The places that a 1 × 1 window with a stride sees, channels × places. */
function takenApart(x: Tensor4D, [down, across]: Pair, [rows, columns]: Pair): Tensor2D {
  const [batch, height, width, channels] = x.shape
  const seen = blank<tf.Rank.R2>([channels, batch * rows * columns])
  const [to, from] = [inPlace(seen), inPlace(x)]
  const places = batch * rows * columns
  let place = 0
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, place++) {
        const at = ((image * height + row * down) * width + column * across) * channels
        for (let channel = 0, into = place; channel < channels; channel++, into += places) {
          to[into] = from[at + channel]!
        }
      }
    }
  }
  return seen
}

/** Zeros before and after a side, or what is cut off its end, so that it has a length. */
interface Surround {
  readonly before: number
  readonly after: number
  readonly used: number
}

function surround(side: number, before: number, total: number): Surround {
  const used = Math.min(side, total - before)
  return { before, used, after: total - before - used }
}

function convolveWithin(
  x: Tensor4D,
  filter: Tensor4D,
  { rows, columns, dilation = [1, 1] }: { rows: Surround; columns: Surround; dilation?: Pair },
): Tensor4D {
  const [batch, height, width, channels] = x.shape
  const whole = rows.used === height && columns.used === width
  const cut = whole ? x : tf.slice(x, [0, 0, 0, 0], [batch, rows.used, columns.used, channels])
  const zeros = explicit(rows.before, rows.after, columns.before, columns.after)
  return tf.conv2d(cut, filter, 1, zeros, 'NHWC', [...dilation])
}

/** Rows and columns of zeros after each row and column: `stride − 1` of them. */
function spreadOut(x: Tensor4D, [down, across]: Pair): Tensor4D {
  if (down === 1 && across === 1) return x
  const [batch, height, width, channels] = x.shape
  const spread = blank<tf.Rank.R4>([batch, height * down, width * across, channels])
  const [to, from] = [inPlace(spread).fill(0), inPlace(x)]
  let at = 0
  for (let line = 0; line < batch * height; line++) {
    for (let column = 0; column < width; column++) {
      const into = (line * down * width + column) * across * channels
      for (let channel = 0; channel < channels; channel++, at++) to[into + channel] = from[at]!
    }
  }
  return spread
}

function explicit(
  top: number,
  bottom: number,
  left: number,
  right: number,
): [[number, number], [number, number], [number, number], [number, number]] {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]
}

/** Each gradient goes to the first place of its window that has the largest value, as in PyTorch. */
function scatterToLargest(
  x: Tensor4D,
  out: Tensor4D,
  outGradient: Tensor4D,
  { size, stride, pad }: PoolWindow,
): Tensor4D {
  const [batch, height, width, channels] = x.shape
  const [, rows, columns] = out.shape
  const gradient = blank<tf.Rank.R4>(x.shape)
  const [values, largest, gradients] = [inPlace(x), inPlace(out), inPlace(outGradient)]
  const result = inPlace(gradient).fill(0)
  let at = 0
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < rows; row++) {
      const top = row * stride[0] - pad[0]
      for (let column = 0; column < columns; column++) {
        const left = column * stride[1] - pad[1]
        for (let channel = 0; channel < channels; channel++, at++) {
          search: for (let y = Math.max(0, top); y < Math.min(height, top + size[0]); y++) {
            for (let xx = Math.max(0, left); xx < Math.min(width, left + size[1]); xx++) {
              const place = ((image * height + y) * width + xx) * channels + channel
              if (values[place] !== largest[at]) continue
              result[place] = result[place]! + gradients[at]!
              break search
            }
          }
        }
      }
    }
  }
  return gradient
}
