import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { HumanError } from '../../../src/HumanError'
import { loadBackend } from '../../../src/trainer/backends/load'
import { tensorCount } from '../../../src/trainer/backends/tensorCount'
import { parameterCount } from '../../../src/trainer/models/parameterCount'
import { createNetwork } from '../../../src/trainer/models/Network'
import type { Network } from '../../../src/trainer/models/Network'
import type { NetworkSettings } from '../../../src/network/settings'
import {
  groupStatistics,
  initialise,
  loadGroupStatistics,
  loadStateDict,
  stateDict,
} from '../../../src/trainer/models/stateDict'
import { slowFrames } from '../../../src/trainer/models/slowFrames'

const paper: NetworkSettings = {
  arch: 'slowfast',
  depth: 50,
  width: 64,
  alpha: 4,
  betaInv: 8,
  nonLocal: false,
  dropout: 0.5,
}
const small: NetworkSettings = { ...paper, depth: 18, width: 8 }

describe('the networks of the field', () => {
  it.each([
    ['SlowFast R50', paper, 34_566_488],
    ['SlowFast R50 with non-local blocks', { ...paper, nonLocal: true }, 41_838_680],
    ['I3D R50', { ...paper, arch: 'i3d' }, 28_043_472],
    ['I3D R50 with non-local blocks', { ...paper, arch: 'i3d', nonLocal: true }, 35_401_936],
    ['C2D R50', { ...paper, arch: 'c2d' }, 24_327_632],
    ['Slow R50', { ...paper, arch: 'slow' }, 32_454_096],
  ] as const)('%s has as many parameters as published', (_, settings, count) => {
    expect(parameterCount(settings, 400)).toBe(count)
  })

  it('the slow pathway sees the frames that the reference picks', () => {
    expect(slowFrames(16, 4)).toEqual([0, 5, 10, 15])
    expect(slowFrames(8, 4)).toEqual([0, 7])
    expect(slowFrames(4, 4)).toEqual([0])
    // 160 / 40 frames: in single precision, as the reference counts, one of them falls short of its whole number.
    expect(slowFrames(160, 4)[13]).toBe(52)
  })
})

describe('a network', () => {
  beforeAll(async () => {
    await loadBackend('auto')
  })

  it('starts the same from the same seed, and otherwise from another', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => {
      const network = createNetwork(small, 5, { seed })
      const values = network.parameters.flat.dataSync()
      network.dispose()
      return values
    })
    expect(a).toEqual(b)
    expect(a).not.toEqual(c)
  })

  it('starts with He’s deviation, and with blocks that pass their input on', () => {
    const network = createNetwork(small, 5, { seed: 3 })
    const state = stateDict(network)
    const weights = state.get('s5.pathway0_res1.branch2.b.weight')!.data as Float32Array
    const deviation = Math.sqrt(weights.reduce((sum, value) => sum + value * value, 0) / weights.length)
    expect(deviation).toBeCloseTo(Math.sqrt(2 / (64 * 9)), 3)
    expect(new Set(state.get('s5.pathway0_res1.branch2.c_bn.weight')!.data as Float32Array)).toEqual(
      new Set([0]),
    )
    network.dispose()
  })

  it.each(['slowfast', 'slow', 'i3d', 'c2d'] as const)(
    '%s with non-local blocks takes every grid shape',
    (arch) => {
      const network = createNetwork({ ...small, arch, nonLocal: true }, 5, { seed: 0 })
      for (const [batch, frames, size] of [
        [2, 8, 33],
        [4, 4, 32],
        [1, 16, 45],
      ] as const) {
        tf.tidy(() => {
          const logits = network
            .evaluate(tf.randomUniform([batch, frames, size, size, 3]), weightsOf(network))
            .dataSync()
          expect(logits).toHaveLength(5 * batch)
          expect(Array.from(logits).every(Number.isFinite)).toBe(true)
        })
      }
      network.dispose()
    },
  )

  it('is the same after its state went out and in again', () => {
    const [a, b] = [1, 2].map((seed) => createNetwork({ ...small, nonLocal: true }, 5, { seed }))
    loadStateDict(b!, stateDict(a!), 'here')
    expect(b!.parameters.flat.dataSync()).toEqual(a!.parameters.flat.dataSync())
    a!.dispose()
    b!.dispose()
  })

  it('keeps the statistics of each group beside their aggregate', () => {
    const [a, b] = [1, 1].map((seed) => createNetwork(small, 5, { seed }))
    trainOnNoise(a!)
    const groups = groupStatistics(a!)
    expect([...groups.keys()].filter((name) => name.startsWith('s1_fuse.bn.'))).toHaveLength(4)
    loadGroupStatistics(b!, groups, 'here')
    expect(stateDict(b!).get('s1_fuse.bn.running_var')).toEqual(stateDict(a!).get('s1_fuse.bn.running_var'))
    a!.dispose()
    b!.dispose()
  })

  it('names what is missing, left over or of another shape, and then takes nothing', () => {
    const network = createNetwork(small, 5, { seed: 0 })
    const before = network.parameters.flat.dataSync()
    const state = stateDict(createNetwork(small, 7, { seed: 1 }))
    state.delete('s2_fuse.bn.bias')
    state.set('head.other', { dtype: 'F32', shape: [1], data: new Float32Array(1) })
    const load = (): void => loadStateDict(network, state, 'w.safetensors')
    expect(load).toThrow(HumanError)
    expect(load).toThrow(/w\.safetensors does not fit/)
    expect(load).toThrow(/1 missing: s2_fuse\.bn\.bias/)
    expect(load).toThrow(/1 not of this network: head\.other/)
    expect(load).toThrow(/head\.projection\.weight is F32 \[7, 288\] instead of F32 \[5, 288\]/)
    expect(network.parameters.flat.dataSync()).toEqual(before)
    network.dispose()
  })

  it('starts from weights of another data set, with names of sub-batch normalisation', () => {
    const [from, network] = [createNetwork(small, 7, { seed: 1 }), createNetwork(small, 5, { seed: 0 })]
    trainOnNoise(from)
    const [theirs, before] = [stateDict(from), stateDict(network)]
    const given = new Map(
      [...theirs].map(([name, tensor]) => [name.replace(/\.(running_(?:mean|var))$/, '.bn.$1'), tensor]),
    )
    given.set('s1.pathway0_stem.bn.split_bn.running_mean', {
      dtype: 'F32',
      shape: [16],
      data: new Float32Array(16),
    })
    given.set('s1.pathway0_stem.bn.bn.num_batches_tracked', {
      dtype: 'I64',
      shape: [],
      data: BigInt64Array.of(3n),
    })
    given.set('epoch', { dtype: 'I64', shape: [], data: BigInt64Array.of(3n) })
    expect(initialise(network, given, 'kinetics.safetensors')).toEqual([
      'The head of kinetics.safetensors is for 7 classes, this data set has 5: the head starts from random weights.',
      'kinetics.safetensors also holds what this network does not have: epoch.',
    ])
    for (const [name, tensor] of stateDict(network)) {
      expect(tensor, name).toEqual((name.startsWith('head.') ? before : theirs).get(name))
    }
    given.delete('s2_fuse.bn.bn.running_var')
    expect(() => initialise(network, given, 'kinetics.safetensors')).toThrow(
      /1 missing: s2_fuse\.bn\.running_var/,
    )
    from.dispose()
    network.dispose()
  })

  it('leaves no tensor behind when it is disposed of', () => {
    const before = tensorCount()
    const network = createNetwork({ ...small, nonLocal: true }, 5, { seed: 0 })
    trainOnNoise(network)
    network.dispose()
    expect(tensorCount()).toEqual(before)
  })
})

function weightsOf({ parameters, statistics }: Network): Parameters<Network['evaluate']>[1] {
  return { parameters: parameters.flat, statistics: statistics.inGroups(1) }
}

/** Leaves running statistics of two groups. */
function trainOnNoise(network: Network): void {
  tf.tidy(() => {
    const clips = tf.randomUniform<tf.Rank.R5>([4, 4, 32, 32, 3])
    const mode = { parameters: network.parameters.flat, groups: 2 }
    network.statistics.assign(network.train(clips, mode).statistics)
  })
}
