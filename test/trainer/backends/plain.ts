import type { PoolWindow, Shape4, Window2d } from '../../../src/trainer/backends/Kernels'

/** Batch × height × width × channels (a filter: height × width × in × out), in double precision. */
export interface Grid {
  readonly shape: Shape4
  readonly data: readonly number[]
}

/** The definition of a convolution, loop by loop. */
export function conv2d(x: Grid, filter: Grid, { stride, pad }: Window2d): Grid {
  const [kernelHeight, kernelWidth, channels, outs] = filter.shape
  return everyWindow(
    x.shape,
    { size: [kernelHeight, kernelWidth], stride, pad },
    outs,
    (batch, top, left, out) => {
      let sum = 0
      for (let a = 0; a < kernelHeight; a++) {
        for (let b = 0; b < kernelWidth; b++) {
          for (let channel = 0; channel < channels; channel++) {
            const weight = filter.data[((a * kernelWidth + b) * channels + channel) * outs + out]!
            sum += (valueAt(x, batch, top + a, left + b, channel) ?? 0) * weight
          }
        }
      }
      return sum
    },
  )
}

/** The definition of max-pooling. */
export function maxPool(x: Grid, window: PoolWindow): Grid {
  return everyWindow(x.shape, window, x.shape[3], (batch, top, left, channel) => {
    let largest = -Infinity
    for (let a = 0; a < window.size[0]; a++) {
      for (let b = 0; b < window.size[1]; b++) {
        largest = Math.max(largest, valueAt(x, batch, top + a, left + b, channel) ?? -Infinity)
      }
    }
    return largest
  })
}

/** Central differences of a function of a grid. */
export function gradientOf(x: Grid, f: (moved: Grid) => number, step = 1e-5): Grid {
  const moved = (i: number, by: number): number =>
    f({ shape: x.shape, data: x.data.map((value, j) => (i === j ? value + by : value)) })
  return { shape: x.shape, data: x.data.map((_, i) => (moved(i, step) - moved(i, -step)) / (2 * step)) }
}

function everyWindow(
  [batches, height, width]: Shape4,
  { size, stride, pad }: PoolWindow,
  outs: number,
  value: (batch: number, top: number, left: number, out: number) => number,
): Grid {
  const rows = Math.floor((height + 2 * pad[0] - size[0]) / stride[0]) + 1
  const columns = Math.floor((width + 2 * pad[1] - size[1]) / stride[1]) + 1
  const data: number[] = []
  for (let batch = 0; batch < batches; batch++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (let out = 0; out < outs; out++) {
          data.push(value(batch, row * stride[0] - pad[0], column * stride[1] - pad[1], out))
        }
      }
    }
  }
  return { shape: [batches, rows, columns, outs], data }
}

function valueAt(
  { shape, data }: Grid,
  batch: number,
  row: number,
  column: number,
  channel: number,
): number | undefined {
  const [, height, width, channels] = shape
  if (row < 0 || column < 0 || row >= height || column >= width) return undefined
  return data[((batch * height + row) * width + column) * channels + channel]
}
