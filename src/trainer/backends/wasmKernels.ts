import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Kernels, Pair, PoolWindow, RunningStatistics, Shape4, Window2d } from './Kernels'
import { normalise } from './normalise'
import { stepwise } from './stepwise'

/**
 * On wasm only the forward two-dimensional convolution and the matrix product are fast, and the three-dimensional
 * kernels are wrong; so everything here is made of those two, of element-wise operations, and of plain loops.
 */
export const wasmKernels: Kernels = {
  conv2d: (x, filter, window) => tf.tidy(() => convolve(x, filter, window)),

  conv2dInputGradient: (outGradient, filter, inputShape, window) =>
    tf.tidy(() => inputGradient(outGradient, filter, inputShape, window)),

  conv2dFilterGradient: (x, outGradient, filterShape, window) =>
    tf.tidy(() => filterGradient(x, outGradient, filterShape, window)),

  maxPool: (x, { size, stride, pad }) =>
    tf.maxPool(x, [...size], [...stride], explicit(pad[0], pad[0], pad[1], pad[1])),

  maxPoolGradient: (x, out, outGradient, window) =>
    tf.tensor4d(scatterToLargest(x, out, outGradient, window), x.shape),

  relu: (x) => tf.relu(x),

  reluGradient: (out, outGradient) => tf.tidy(() => tf.mul<Tensor4D>(outGradient, tf.step(out))),

  batchNorm(x, scale, offset, running, { momentum, epsilon }) {
    const rows = x.size / x.shape[3]
    const { out, normal, inverse, moved } = tf.tidy(() => {
      const flat = rowsOf(x)
      const mean = tf.mul<Tensor1D>(columnSums(flat), 1 / rows)
      const centred = tf.sub<Tensor2D>(flat, mean)
      const variance = tf.mul<Tensor1D>(columnSums(tf.square(centred)), 1 / rows)
      const inverse = tf.rsqrt(tf.add<Tensor1D>(variance, epsilon))
      const normal = tf.mul<Tensor2D>(centred, inverse)
      const unbiased = tf.mul(variance, rows / Math.max(1, rows - 1))
      return {
        out: tf.reshape<tf.Rank.R4>(tf.add(tf.mul(normal, scale), offset), x.shape),
        normal,
        inverse,
        moved: {
          mean: mixed(running.mean, mean, momentum),
          variance: mixed(running.variance, unbiased as Tensor1D, momentum),
        },
      }
    })
    return {
      out,
      running: moved,
      gradients(outGradient) {
        const result = tf.tidy(() => {
          const dy = rowsOf(outGradient)
          const offsetGradient = columnSums(dy)
          const scaleGradient = columnSums(tf.mul(dy, normal))
          const along = tf.mul(normal, tf.mul(scaleGradient, 1 / rows))
          const centred = tf.sub(tf.sub(dy, tf.mul(offsetGradient, 1 / rows)), along)
          const input = tf.reshape<tf.Rank.R4>(tf.mul(centred, tf.mul(inverse, scale)), x.shape)
          return { input, scale: scaleGradient, offset: offsetGradient }
        })
        tf.dispose([normal, inverse])
        return result
      },
    }
  },

  batchNormFixed: (x, scale, offset, running: RunningStatistics, epsilon) =>
    tf.tidy(() => {
      const factor = tf.mul(scale, tf.rsqrt(tf.add(running.variance, epsilon)))
      return tf.add<Tensor4D>(tf.mul(tf.sub(x, running.mean), factor), offset)
    }),

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

  // Normalised as they are packed, by a table: faster than arithmetic on the packed bytes.
  pack: (pixels, shape, statistics) => normalise(pixels, shape, statistics),

  unpack: (packed, shape) => tf.reshape<tf.Rank.R5>(packed, [...shape]),

  splitVector: (vector, lengths) => tf.split(vector, [...lengths]),

  program: stepwise,
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
  const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2])
  const spread = spreadOut(outGradient, stride)
  const ready = fit(spread, {
    before: [height - 1 - pad[0], width - 1 - pad[1]],
    total: [inputShape[1] + height - 1, inputShape[2] + width - 1],
  })
  return tf.conv2d(ready, turned, 1, 'valid')
}

/** The forward convolution of the input, its channels as a batch, with the gradient as a filter dilated by the stride. */
function filterGradient(
  x: Tensor4D,
  outGradient: Tensor4D,
  filterShape: readonly number[],
  { stride, pad }: Window2d,
): Tensor4D {
  const [kernelHeight, kernelWidth] = filterShape as [number, number]
  const [, height, width] = outGradient.shape
  const ready = fit(x, {
    before: [pad[0], pad[1]],
    total: [kernelHeight + (height - 1) * stride[0], kernelWidth + (width - 1) * stride[1]],
  })
  const channelsFirst = tf.transpose(ready, [3, 1, 2, 0])
  const asFilter = tf.transpose(outGradient, [1, 2, 0, 3])
  const gradient = tf.conv2d(channelsFirst, asFilter, 1, 'valid', 'NHWC', [...stride])
  return tf.transpose(gradient, [1, 2, 0, 3])
}

/** Rows and columns of zeros after each row and column: `stride − 1` of them. */
function spreadOut(x: Tensor4D, [down, across]: Pair): Tensor4D {
  if (down === 1 && across === 1) return x
  const [batch, height, width, channels] = x.shape
  const places = batch * height * width
  const wide = tf.concat(
    [tf.reshape<tf.Rank.R2>(x, [places, channels]), tf.zeros<tf.Rank.R2>([places, channels * (across - 1)])],
    1,
  )
  const row = width * across * channels
  const lines = batch * height
  const tall = tf.concat(
    [tf.reshape<tf.Rank.R2>(wide, [lines, row]), tf.zeros<tf.Rank.R2>([lines, row * (down - 1)])],
    1,
  )
  return tf.reshape(tall, [batch, height * down, width * across, channels])
}

/** Zeros before, and zeros or a cut after, so that height and width are `total`. */
function fit(x: Tensor4D, { before, total }: { before: Pair; total: Pair }): Tensor4D {
  const [batch, height, width, channels] = x.shape
  const used: Pair = [Math.min(height, total[0] - before[0]), Math.min(width, total[1] - before[1])]
  const cut =
    used[0] < height || used[1] < width ? tf.slice(x, [0, 0, 0, 0], [batch, used[0], used[1], channels]) : x
  const after: Pair = [total[0] - before[0] - used[0], total[1] - before[1] - used[1]]
  return tf.pad(cut, explicit(before[0], after[0], before[1], after[1]))
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
): Float32Array {
  const [batch, height, width, channels] = x.shape
  const [, rows, columns] = out.shape
  const [values, largest, gradients] = [x.dataSync(), out.dataSync(), outGradient.dataSync()]
  const result = new Float32Array(values.length)
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
  return result
}

function rowsOf(x: Tensor4D): Tensor2D {
  return tf.reshape(x, [x.size / x.shape[3], x.shape[3]])
}

/** A product with a row of ones, since reductions over leading dimensions are slow on wasm. */
function columnSums(x: Tensor2D): Tensor1D {
  return tf.reshape(tf.matMul(tf.ones<tf.Rank.R2>([1, x.shape[0]]), x), [x.shape[1]])
}

function mixed(before: Tensor1D, now: Tensor1D, share: number): Tensor1D {
  return tf.add(tf.mul(before, 1 - share), tf.mul(now, share))
}
