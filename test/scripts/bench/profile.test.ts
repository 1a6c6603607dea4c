import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { profile } from '../../../scripts/bench/profile'
import { currentKernels } from '../../../src/trainer/backends/Kernels'
import { loadBackend } from '../../../src/trainer/backends/load'
import { createNetwork } from '../../../src/trainer/models/Network'
import { Optimiser } from '../../../src/trainer/optimiser'
import { trainStep } from '../../../src/trainer/step'
import { noise } from '../../../src/trainer/timeShapes'
import { testedBackends } from '../../trainer/backend'
import { tinySlowfast } from '../../trainer/tinySlowfast'

const sgd = { momentum: 0.9, nesterov: true, weightDecay: 0, noBiasDecay: false }

describe.each(testedBackends)('a profiled step on %s', (backend) => {
  beforeAll(async () => {
    await loadBackend(backend)
  })

  it('says where its time goes', async () => {
    const network = createNetwork(tinySlowfast, 3, { seed: 0 })
    const optimiser = new Optimiser(network.parameters, sgd)
    const options = { lr: 0, splits: 1, seed: 0, iteration: 0 }
    const { families, milliseconds, calls, peak } = await profile(() =>
      Promise.resolve(trainStep(network, optimiser, noise({ batch: 2, frames: 8, size: 32 }), options)),
    )
    const expected = [
      'convolution',
      'batch norm',
      'pooling',
      'activation',
      'elementwise',
      'layout',
      'optimiser',
      'transfer',
    ]
    for (const name of expected) expect([...families.keys()].join()).toContain(name)
    const sum = [...families.values()].reduce((all, value) => all + value, 0)
    expect(sum).toBeLessThan(milliseconds)
    expect(sum).toBeGreaterThan(0.2 * milliseconds)
    expect(calls).toBeGreaterThan(500)
    expect(peak.tensors).toBeGreaterThan(tf.memory().numTensors)
    optimiser.dispose()
    network.dispose()
  })

  it('leaves no trace when it throws', async () => {
    const kernels = currentKernels()
    const before = internals()
    await expect(
      profile(() => {
        expect(currentKernels()).not.toBe(kernels)
        tf.tidy(() => tf.relu(tf.tensor1d([-1, 1])).dataSync())
        throw new Error('out of memory')
      }),
    ).rejects.toThrow('out of memory')
    expect(currentKernels()).toBe(kernels)
    internals().forEach((value, i) => expect(value).toBe(before[i]))
    expect(tf.tidy(() => [...tf.relu(tf.tensor1d([-1, 1])).dataSync()])).toEqual([0, 1])
  })
})

/** What a profile replaces. */
function internals(): unknown[] {
  const backend = tf.backend() as unknown as Record<string, unknown>
  const kernels = tf.getKernelsForBackend(tf.getBackend()).map(({ kernelFunc }) => kernelFunc)
  // eslint-disable-next-line @typescript-eslint/unbound-method -- compared only
  const { step } = Optimiser.prototype
  return [backend['binding'], backend['write'], backend['readSync'], backend['disposeData'], step, ...kernels]
}
