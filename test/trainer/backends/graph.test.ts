import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { graphProgram } from '../../../src/trainer/backends/graph/graphProgram'
import { currentKernels, provideKernels } from '../../../src/trainer/backends/Kernels'
import type { Computation } from '../../../src/trainer/backends/Kernels'
import { loadBackend } from '../../../src/trainer/backends/load'
import { stepwise } from '../../../src/trainer/backends/stepwise'
import { tensorCount } from '../../../src/trainer/backends/tensorCount'
import { createNetwork } from '../../../src/trainer/models/Network'
import { groupStatistics, stateDict } from '../../../src/trainer/models/stateDict'
import { Optimiser } from '../../../src/trainer/optimiser'
import { evaluateStep, trainStep } from '../../../src/trainer/step'
import { noise } from '../../../src/trainer/timeShapes'
import { testedBackends } from '../backend'
import { tinySlowfast } from '../tinySlowfast'

describe.skipIf(!testedBackends.includes('tfjs-node'))('a graph of TensorFlow', () => {
  beforeAll(async () => {
    await loadBackend('tfjs-node')
  })

  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  })

  it('computes from what it is given, not from what it was recorded on', () => {
    const compute: Computation = ([a, b]) => {
      const product = tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, false, true)
      const [left, right] = tf.split(product, 2, 1)
      return [tf.sub(left!, right!), tf.sum(tf.mul(product, tf.scalar(0.5)), 0), a!]
    }
    const program = graphProgram(compute)
    for (const seed of [1, 2, 3]) {
      tf.tidy(() => {
        const inputs = [
          tf.randomNormal([3, 5], 0, 1, 'float32', seed),
          tf.randomNormal([4, 5], 0, 1, 'float32', -seed),
        ]
        expect(valuesOf(program.run(inputs))).toEqual(valuesOf(compute(inputs)))
      })
    }
    program.dispose()
  })

  it('leaves neither tensors nor files', () => {
    const files = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('multigrid-graph-'))
    const [tensors, before] = [tensorCount(), files()]
    const program = graphProgram(([a]) => [tf.relu(a!)])
    tf.tidy(() => void program.run([tf.ones([3])]))
    program.dispose()
    expect(tensorCount()).toEqual(tensors)
    expect(files()).toEqual(before)
  })

  it.each<[string, () => Computation, RegExp]>([
    [
      'an input that is read',
      () =>
        ([a]) => [tf.mul(a!, a!.dataSync()[0]!)],
      /reads its own values/,
    ],
    [
      'a value that is computed and read',
      () =>
        ([a]) => {
          const double = tf.mul(a!, 2)
          return [tf.mul(double, double.dataSync()[0]!)]
        },
      /reads its own values/,
    ],
    [
      'a tensor from outside',
      () => {
        const outside = tf.tensor1d([1, 2, 3])
        return ([a]) => [tf.add(a!, outside)]
      },
      /neither an input of the graph nor made in it/,
    ],
    [
      'data from outside',
      () =>
        ([a]) => [tf.add(tf.sum(a!), tf.ones([5000]))],
      /too large for a graph/,
    ],
  ])('refuses %s, which would be frozen into it', (_, make, message) => {
    tf.engine().startScope()
    try {
      const program = graphProgram(make())
      const run = (): Tensor[] => program.run([tf.tensor1d([1, 2, 3])])
      expect(run).toThrow(message)
      // Afterwards the backend computes and reads as before.
      expect(Array.from(tf.square(tf.tensor1d([1, 2, 3])).dataSync())).toEqual([1, 4, 9])
    } finally {
      tf.engine().endScope()
    }
  })

  it('is gone through operation by operation where the disk does not take it', () => {
    vi.stubEnv('TMPDIR', '/nowhere')
    const said = vi.spyOn(console, 'error').mockReturnValue(undefined)
    const program = graphProgram(([a]) => [tf.square(a!)])
    for (const value of [2, 3]) {
      tf.tidy(() => {
        expect(valuesOf(program.run([tf.tensor1d([value])]))).toEqual([[value ** 2]])
      })
    }
    expect(said).toHaveBeenCalledTimes(1)
    expect(said.mock.calls[0]![0]).toMatch(
      /could not be handed to TensorFlow, so that steps run slower: ENOENT/,
    )
  })

  it.each([
    ['one class', 'cross-entropy'],
    ['several classes', 'binary-cross-entropy'],
  ] as const)(
    'trains clips of %s as its operations do one by one, with dropout, groups and shapes that change',
    (_, loss) => {
      const train = () => {
        const network = createNetwork({ ...tinySlowfast, nonLocal: true, dropout: 0.5 }, 5, { seed: 3 })
        const optimiser = new Optimiser(network.parameters, {
          ...{ momentum: 0.9, nesterov: true, weightDecay: 0.01, noBiasDecay: false },
        })
        const losses = Array.from({ length: 6 }, (_, iteration) => {
          const [batch, splits] = iteration % 2 === 0 ? ([8, 4] as const) : ([4, 2] as const)
          const { pixels, shape } = noise({ batch, frames: 4, size: 20 })
          const clips = {
            pixels: pixels.map((value) => value ^ (37 * iteration)),
            shape,
            labels: Array.from({ length: batch }, (_, clip) =>
              loss === 'cross-entropy' ? [(clip + iteration) % 5] : [0, 1, 2].slice(clip % 3),
            ),
          }
          const options = { loss, lr: 0.0005 * (iteration + 1), splits, seed: 1, iteration }
          const trained = trainStep(network, optimiser, clips, options).loss
          return [trained, ...evaluateStep(network, clips).flatMap((logits) => [...logits])]
        })
        const state = [...stateDict(network).values(), ...groupStatistics(network).values()]
        optimiser.dispose()
        network.dispose()
        return { said: losses.flat(), values: state.flatMap(({ data }) => [...(data as Float32Array)]) }
      }
      const said = vi.spyOn(console, 'error')
      const asGraphs = train()
      expect(said).not.toHaveBeenCalled() // of a graph that TensorFlow does not take
      const kernels = currentKernels()
      provideKernels('tensorflow', { ...kernels, program: stepwise })
      try {
        const oneByOne = train()
        expect(distance(asGraphs.said, oneByOne.said)).toBeLessThan(1e-3)
        expect(distance(asGraphs.values, oneByOne.values)).toBeLessThan(5e-3)
      } finally {
        provideKernels('tensorflow', kernels)
      }
      expect(train()).toEqual(asGraphs)
    },
  )
})

function valuesOf(tensors: readonly Tensor[]): number[][] {
  return tensors.map((tensor) => Array.from(tensor.dataSync()))
}

function distance(a: readonly number[], b: readonly number[]): number {
  const norm = (values: readonly number[]): number =>
    Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0))
  return norm(a.map((value, i) => value - b[i]!)) / norm(b)
}
