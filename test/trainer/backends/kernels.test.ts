import * as tf from '@tensorflow/tfjs-core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { currentKernels } from '../../../src/trainer/backends/Kernels'
import type { PoolWindow, Shape4, Window2d } from '../../../src/trainer/backends/Kernels'
import { loadBackend } from '../../../src/trainer/backends/load'
import { testedBackends } from '../backend'
import { conv2d, gradientOf, maxPool } from './plain'
import type { Grid } from './plain'

const convolutions: readonly { name: string; input: Shape4; filter: Shape4; window: Window2d }[] = [
  { name: '3 × 3', input: [2, 6, 5, 3], filter: [3, 3, 3, 4], window: { stride: [1, 1], pad: [1, 1] } },
  {
    name: '3 × 3, stride 2, even side',
    input: [2, 6, 8, 2],
    filter: [3, 3, 2, 3],
    window: { stride: [2, 2], pad: [1, 1] },
  },
  {
    name: '3 × 3, stride 2, odd side',
    input: [1, 7, 5, 2],
    filter: [3, 3, 2, 3],
    window: { stride: [2, 2], pad: [1, 1] },
  },
  {
    name: '7 × 7, stride 2',
    input: [1, 9, 12, 3],
    filter: [7, 7, 3, 2],
    window: { stride: [2, 2], pad: [3, 3] },
  },
  { name: '1 × 1', input: [3, 4, 5, 3], filter: [1, 1, 3, 6], window: { stride: [1, 1], pad: [0, 0] } },
  {
    name: '1 × 1, stride 2, odd side',
    input: [2, 5, 7, 3],
    filter: [1, 1, 3, 4],
    window: { stride: [2, 2], pad: [0, 0] },
  },
  { name: '3 in time', input: [2, 4, 6, 3], filter: [3, 1, 3, 2], window: { stride: [1, 1], pad: [1, 0] } },
  {
    name: '7 in time, stride 4',
    input: [2, 8, 5, 2],
    filter: [7, 1, 2, 4],
    window: { stride: [4, 1], pad: [3, 0] },
  },
  {
    name: '7 in time, longer than the clip',
    input: [2, 4, 5, 1],
    filter: [7, 1, 1, 2],
    window: { stride: [4, 1], pad: [3, 0] },
  },
  {
    name: 'one channel to one',
    input: [2, 5, 5, 1],
    filter: [3, 3, 1, 1],
    window: { stride: [1, 1], pad: [1, 1] },
  },
]

const pools: readonly { name: string; input: Shape4; window: PoolWindow }[] = [
  {
    name: '3 × 3, stride 2, even side',
    input: [2, 6, 8, 3],
    window: { size: [3, 3], stride: [2, 2], pad: [1, 1] },
  },
  {
    name: '3 × 3, stride 2, odd side',
    input: [2, 7, 5, 2],
    window: { size: [3, 3], stride: [2, 2], pad: [1, 1] },
  },
  {
    name: '2 × 2, a row left over',
    input: [1, 5, 5, 4],
    window: { size: [2, 2], stride: [2, 2], pad: [0, 0] },
  },
  { name: 'two frames', input: [2, 4, 9, 2], window: { size: [2, 1], stride: [2, 1], pad: [0, 0] } },
]

describe.each(testedBackends)('on %s', (backend) => {
  beforeAll(async () => {
    await loadBackend(backend)
  })

  describe.each(convolutions)('a convolution $name', ({ input, filter, window }) => {
    const [x, w] = [noise(input, 1), noise(filter, 2)]
    const out = conv2d(x, w, window)
    const dy = noise(out.shape, 3)

    it('has the output of plain arithmetic', () => {
      expectClose(
        run(() => currentKernels().conv2d(tensor(x), tensor(w), window)),
        out,
      )
    })

    it('has the input gradient that differences of the output give', () => {
      const expected = gradientOf(x, (moved) => dot(conv2d(moved, w, window), dy))
      expectClose(
        run(() => currentKernels().conv2dInputGradient(tensor(dy), tensor(w), input, window)),
        expected,
      )
    })

    it('has the filter gradient that differences of the output give', () => {
      const expected = gradientOf(w, (moved) => dot(conv2d(x, moved, window), dy))
      expectClose(
        run(() => currentKernels().conv2dFilterGradient(tensor(x), tensor(dy), filter, window)),
        expected,
      )
    })
  })

  describe.each(pools)('a max-pool $name', ({ input, window }) => {
    // Below zero throughout, so that padding must not count as zero.
    const x: Grid = { shape: input, data: noise(input, 4).data.map((value) => value - 10) }
    const out = maxPool(x, window)
    const dy = noise(out.shape, 5)

    it('takes the largest value, not the padding', () => {
      expectClose(
        run(() => currentKernels().maxPool(tensor(x), window)),
        out,
      )
    })

    it('sends each gradient to where its value came from', () => {
      const expected = gradientOf(x, (moved) => dot(maxPool(moved, window), dy))
      expectClose(
        run(() => currentKernels().maxPoolGradient(tensor(x), tensor(out), tensor(dy), window)),
        expected,
      )
    })
  })

  it('a tie in a max-pool goes to one place only', () => {
    const window: PoolWindow = { size: [2, 2], stride: [2, 2], pad: [0, 0] }
    const gradient = tf.tidy(() =>
      currentKernels()
        .maxPoolGradient(tf.ones([1, 4, 4, 1]), tf.ones([1, 2, 2, 1]), tf.ones([1, 2, 2, 1]), window)
        .dataSync(),
    )
    expect(Array.from(gradient)).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0])
  })

  it.each<[Shape4]>([[[4, 3, 2, 3]], [[1, 3, 3, 3]]])(
    'a batch normalisation of %j has the gradients that differences of its output give',
    (shape) => {
      const [x, dy] = [noise(shape, 6), noise(shape, 7)]
      const [scale, offset] = [vector([0.5, 1, -2]), vector([1, 0, 0.5])]
      const gradients = tf.tidy(() => {
        const result = currentKernels()
          .batchNorm(tensor(x), tf.tensor1d(scale.data), tf.tensor1d(offset.data), {
            epsilon: 1e-5,
            groups: 1,
          })
          .gradients(tensor(dy))
        return {
          x: result.input.dataSync(),
          scale: result.scale.dataSync(),
          offset: result.offset.dataSync(),
        }
      })
      expectClose(
        gradients.x,
        gradientOf(x, (moved) => dot(normalised(moved, scale, offset), dy)),
      )
      expectClose(
        gradients.scale,
        gradientOf(scale, (moved) => dot(normalised(x, moved, offset), dy)),
      )
      expectClose(
        gradients.offset,
        gradientOf(offset, (moved) => dot(normalised(x, scale, moved), dy)),
      )
    },
  )

  it('a batch normalisation of values far from zero has their mean and variance', () => {
    const rows = 2000
    const x = Array.from({ length: rows }, (_, i) => [100 + Math.sin(i), -30 + 2 * Math.sin(1 + i)]).flat()
    const moved = tf.tidy(() => {
      const result = currentKernels().batchNorm(
        tf.tensor4d(x, [rows, 1, 1, 2]),
        tf.ones([2]),
        tf.zeros([2]),
        { epsilon: 1e-5, groups: 1 },
      )
      result.gradients(tf.zeros([rows, 1, 1, 2])) // lets go of what it keeps
      return { mean: result.batch.mean.dataSync(), variance: result.batch.variance.dataSync() }
    })
    const column = (which: number): number[] => x.filter((_, i) => i % 2 === which)
    const means = [0, 1].map((which) => column(which).reduce((sum, value) => sum + value, 0) / rows)
    const variances = means.map(
      (mean, which) => column(which).reduce((sum, value) => sum + (value - mean) ** 2, 0) / (rows - 1),
    )
    expectClose(moved.mean, { data: means })
    expectClose(moved.variance, { data: variances })
  })

  it('a batch normalisation of very many values loses none of their sum', () => {
    const [frames, side] = [64, 40]
    const values = Float32Array.from({ length: frames * side * side }, (_, i) => 3 + Math.sin(i * 12.9898))
    const moved = tf.tidy(() => {
      const x = tf.tensor4d(values, [frames, side, side, 1])
      const result = currentKernels().batchNorm(x, tf.ones([1]), tf.zeros([1]), { epsilon: 1e-5, groups: 1 })
      result.gradients(tf.zeros(x.shape)) // lets go of what it keeps
      return [result.batch.mean.dataSync()[0]!, result.batch.variance.dataSync()[0]!] as const
    })
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    expect(Math.abs(moved[0] / mean - 1)).toBeLessThan(2e-6)
    expect(Math.abs(moved[1] / (squares / (values.length - 1)) - 1)).toBeLessThan(1e-5)
  })

  it.each([
    [4, [8, 3, 2, 3]],
    [2, [8, 12, 11, 3]], // more rows than one operation sums
  ] as [number, Shape4][])('a batch normalisation of %i groups is that of each one', (groups, shape) => {
    const [x, dy] = [noise(shape, 6), noise(shape, 7)]
    const [scale, offset] = [tf.tensor1d([0.5, 1, -2]), tf.tensor1d([1, 0, 0.5])]
    const run = (x: Grid, dy: Grid, groups: number) =>
      tf.tidy(() => {
        const pass = currentKernels().batchNorm(tensor(x), scale, offset, { epsilon: 1e-5, groups })
        const { input, ...rest } = pass.gradients(tensor(dy))
        const [out, mean, variance, back] = [pass.out, pass.batch.mean, pass.batch.variance, input]
        const values = [out, mean, variance, back].map((each) => Array.from(each.dataSync()))
        return { values, scale: rest.scale.dataSync(), offset: rest.offset.dataSync() }
      })
    const part = ({ data }: Grid, group: number): Grid => {
      const length = data.length / groups
      const own: Shape4 = [shape[0] / groups, shape[1], shape[2], shape[3]]
      return { shape: own, data: data.slice(group * length, (group + 1) * length) }
    }
    const together = run(x, dy, groups)
    const apart = Array.from({ length: groups }, (_, group) => run(part(x, group), part(dy, group), 1))
    together.values.forEach((values, which) =>
      expectClose(values, { data: apart.flatMap((own) => own.values[which]!) }),
    )
    for (const which of ['scale', 'offset'] as const) {
      const sums = [0, 1, 2].map((c) => apart.reduce((sum, own) => sum + own[which][c]!, 0))
      expectClose(together[which], { data: sums })
    }
    tf.dispose([scale, offset])
  })

  it('channels are put side by side and taken apart again', () => {
    const [a, b] = [noise([2, 3, 2, 3], 8), noise([2, 3, 2, 1], 9)]
    const joined = Array.from({ length: 12 }, (_, place) => [
      ...a.data.slice(3 * place, 3 * place + 3),
      ...b.data.slice(place, place + 1),
    ]).flat()
    const parts = tf.tidy(() => {
      const whole = currentKernels().joinChannels([tensor(a), tensor(b)])
      expectClose(whole.dataSync(), { data: joined })
      return currentKernels()
        .splitChannels(whole, [3, 1])
        .map((part) => ({ shape: part.shape, data: Array.from(part.dataSync()) }))
    })
    expect(parts.map(({ shape }) => shape)).toEqual([a.shape, b.shape])
    expectClose(parts[0]!.data, a)
    expectClose(parts[1]!.data, b)
  })

  it('pixels are scaled by the statistics of their channel, whatever their number', () => {
    const pixels = Uint8Array.from({ length: 1 * 3 * 5 * 5 * 3 }, (_, i) => (i * 89) % 256)
    const statistics = { mean: [0.45, 0.4, 0.5], deviation: [0.225, 0.2, 0.25] }
    const values = tf.tidy(() => {
      const packed = currentKernels().pack(pixels, [1, 3, 5, 5, 3], statistics)
      return currentKernels().unpack(packed, [1, 3, 5, 5, 3], statistics).dataSync()
    })
    const expected = Array.from(
      pixels,
      (value, i) => (value / 255 - statistics.mean[i % 3]!) / statistics.deviation[i % 3]!,
    )
    expectClose(values, { data: expected })
  })

  it('the loss of very wrong logits is large, not infinite', () => {
    const { losses, gradient } = tf.tidy(() => {
      const result = currentKernels().crossEntropy(tf.tensor2d([[200, 0, -200]]), tf.tensor1d([2], 'int32'))
      return { losses: result.losses.dataSync(), gradient: result.gradient.dataSync() }
    })
    expectClose(losses, { data: [400] })
    expectClose(gradient, { data: [1, 0, -1] })
  })

  describe('binary cross-entropy', () => {
    const classes = 7
    const targets = Array.from({ length: 3 * classes }, (_, i) => (i % 3 === 1 ? 1 : 0))
    const logits: Grid = {
      shape: [1, 1, 3, classes],
      data: noise([1, 1, 3, classes], 10).data.map((x) => 4 * x),
    }
    const compute = (values: readonly number[], wanted: readonly number[]) => {
      const shape: [number, number] = [values.length / classes, classes]
      return tf.tidy(() => {
        const [x, y] = [tf.tensor2d([...values], shape), tf.tensor2d([...wanted], shape)]
        const { losses, gradient } = currentKernels().binaryCrossEntropy(x, y)
        expect([losses.shape, gradient.shape]).toEqual([[shape[0]], shape])
        return { losses: losses.dataSync(), gradient: gradient.dataSync() }
      })
    }
    /** The definition. */
    const lossesOf = ({ data }: Grid): number[] =>
      [0, 1, 2].map((row) => {
        const each = data.slice(row * classes, (row + 1) * classes).map((x, label) => {
          const right = 1 / (1 + Math.exp(-x))
          return -Math.log(targets[row * classes + label] === 1 ? right : 1 - right)
        })
        return each.reduce((sum, value) => sum + value, 0) / classes
      })

    it('is its definition, and the gradient the slope of its sum', () => {
      const { losses, gradient } = compute(logits.data, targets)
      expectClose(losses, { data: lossesOf(logits) })
      expectClose(
        gradient,
        gradientOf(logits, (moved) => lossesOf(moved).reduce((a, b) => a + b, 0)),
      )
    })

    it('of very wrong logits is large, not infinite, and of very right ones small, not nothing', () => {
      const wrong = compute([200, -200, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0])
      expectClose(wrong.losses, { data: [(400 + 5 * Math.log(2)) / 7] })
      expectClose(Array.from(wrong.gradient).slice(0, 2), { data: [1 / 7, -1 / 7] })
      const [right] = compute([9, -9, 9, -9, 9, -9, 9], [1, 0, 1, 0, 1, 0, 1]).losses
      // The log1p of WebAssembly is the logarithm of 1 + x.
      expect(Math.abs(right! / Math.log1p(Math.exp(-9)) - 1)).toBeLessThan(1e-3)
    })
  })
})

function normalised(x: Grid, scale: { data: readonly number[] }, offset: { data: readonly number[] }): Grid {
  const channels = x.shape[3]
  const data = [...x.data]
  for (let channel = 0; channel < channels; channel++) {
    const own = x.data.filter((_, i) => i % channels === channel)
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length
    const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length
    own.forEach((value, i) => {
      const normal = (value - mean) / Math.sqrt(variance + 1e-5)
      data[i * channels + channel] = normal * scale.data[channel]! + offset.data[channel]!
    })
  }
  return { shape: x.shape, data }
}

function vector(data: number[]): { shape: Shape4; data: number[] } {
  return { shape: [1, 1, 1, data.length], data }
}

function tensor({ shape, data }: Grid): Tensor4D {
  return tf.tensor4d([...data], [...shape])
}

function run(f: () => Tensor4D): ArrayLike<number> {
  return tf.tidy(() => f().dataSync())
}

/** Values between −1 and 1 that differ from one another. */
function noise(shape: Shape4, seed: number): Grid {
  const length = shape.reduce((size, side) => size * side, 1)
  return { shape, data: Array.from({ length }, (_, i) => Math.sin(1 + i * 12.9898 + seed * 78.233)) }
}

function dot(a: Grid, b: Grid): number {
  return a.data.reduce((sum, value, i) => sum + value * b.data[i]!, 0)
}

function expectClose(actual: ArrayLike<number>, { data }: { data: readonly number[] }): void {
  expect(actual.length).toBe(data.length)
  const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i]!)), 0)
  expect(worst).toBeLessThan(1e-4 * Math.max(1, ...data.map(Math.abs)))
}
