import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D } from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { loadBackend } from '../../src/trainer/backends/load'
import { tensorCount } from '../../src/trainer/backends/tensorCount'
import type { Loss } from '../../src/trainer/Loss'
import { createNetwork } from '../../src/trainer/models/Network'
import type { Network } from '../../src/trainer/models/Network'
import { PreciseStatistics } from '../../src/trainer/models/PreciseStatistics'
import { flatParameters, groupStatistics, loadStateDict, stateDict } from '../../src/trainer/models/stateDict'
import type { StateDict } from '../../src/trainer/models/stateDict'
import { Optimiser } from '../../src/trainer/optimiser'
import { readSafetensors } from '../../src/trainer/safetensors'
import { evaluateStep, observeStatistics, trainStep } from '../../src/trainer/step'
import type { LabelledClips, StepResult } from '../../src/trainer/step'
import { testedBackends } from './backend'
import { tinySlowfast } from './tinySlowfast'

const sgd = { momentum: 0.9, nesterov: true, weightDecay: 0.01, noBiasDecay: false }
const still = { lr: 0.1, splits: 1, seed: 0, iteration: 0 }

describe.each(testedBackends)('on %s', (backend) => {
  beforeAll(async () => {
    await loadBackend(backend)
  })

  afterEach(() => new Promise(setImmediate)) // or the test runner takes a slow process for dead

  it('20 steps of changing shapes, rates and groups follow PyTorch', () => {
    const { before, after, losses } = trajectory()
    const own = trainAlong(before, 'cross-entropy')
    expect(distance(own.losses, losses)).toBeLessThan(1e-4)
    for (const [name, { data }] of after) {
      expect(distance(floats(own.after, name), data as Float32Array), name).toBeLessThan(1e-3)
    }
  })

  it('20 steps of clips of several classes follow PyTorch', () => {
    const { losses, bias } = JSON.parse(readFileSync('test/fixtures/multiLabel.json', 'utf8')) as {
      losses: number[]
      bias: number[]
    }
    const own = trainAlong(trajectory().before, 'binary-cross-entropy')
    expect(distance(own.losses, losses)).toBeLessThan(1e-4)
    expect(distance(floats(own.after, 'head.projection.bias'), bias)).toBeLessThan(1e-3)
  })

  it('a step of clips of several classes has their mean binary cross-entropy, and counts hits of any', () => {
    const network = createNetwork(tinySlowfast, 3, { seed: 0 })
    const state = stateDict(network)
    floats(state, 'head.projection.weight').fill(0)
    floats(state, 'head.projection.bias').set([1, -2, 3])
    loadStateDict(network, state, 'here')
    const optimiser = new Optimiser(network.parameters, {
      ...sgd,
      momentum: 0,
      nesterov: false,
      weightDecay: 0,
    })
    const labels = [[0, 2], [1], [], [2]]
    const clips = { ...clipsLike(4, 4, 16, 1), labels }
    const { loss, top1 } = trainStep(network, optimiser, clips, {
      ...still,
      loss: 'binary-cross-entropy',
      lr: 1,
    })
    const right = [1, -2, 3].map((logit) => 1 / (1 + Math.exp(-logit)))
    const each = labels.flatMap((own) =>
      right.map((share, label) => -Math.log(own.includes(label) ? share : 1 - share)),
    )
    expect(loss).toBeCloseTo(each.reduce((sum, value) => sum + value, 0) / 12, 5)
    expect(top1).toBe(0.5)
    // The bias moves by the mean of (sigmoid − target) / classes: of 4 clips, 1, 1 and 2 are of each class.
    const bias = floats(stateDict(network), 'head.projection.bias')
    const slopes = right.map((share, label) => (share - [1, 1, 2][label]! / 4) / 3)
    ;[1, -2, 3].forEach((logit, label) => expect(bias[label]).toBeCloseTo(logit - slopes[label]!, 5))
    dispose(network, optimiser)
  })

  it('a few clips of several classes are learned, in parts as well', () => {
    const clips = { ...clipsLike(8, 4, 16, 5), labels: severalOf(8) }
    const losses = [1, 4].map((parts) => {
      const [network, optimiser] = make()
      const options = { ...still, loss: 'binary-cross-entropy', lr: 0.2, splits: 4, parts } as const
      const all = Array.from({ length: 25 }, (_, iteration) =>
        trainStep(network, optimiser, clips, { ...options, iteration }),
      )
      dispose(network, optimiser)
      expect(all.at(-1)!.loss).toBeLessThan(0.6 * all[0]!.loss)
      // Groups of two small clips make later steps a matter of how sums are rounded.
      return all.slice(0, 2).map(({ loss }) => loss)
    })
    expect(distance(losses[1]!, losses[0]!)).toBeLessThan(1e-4)
  })

  it('as many tensors are alive after 50 steps of changing shapes as after one', () => {
    const [network, optimiser] = make({ dropout: 0.5 })
    const step = (iteration: number): void => {
      const clips = clipsLike(4, iteration % 2 === 0 ? 4 : 8, 16 + (iteration % 3), iteration)
      trainStep(network, optimiser, clips, { ...still, splits: 2, iteration })
      if (iteration % 10 === 0) evaluateStep(network, clips)
    }
    step(0)
    const before = tensorCount()
    for (let iteration = 1; iteration <= 50; iteration++) step(iteration)
    expect(tensorCount()).toEqual(before)
    dispose(network, optimiser)
  })

  it('a step of a few clips over and over learns them', () => {
    const [network, optimiser] = make()
    const clips = clipsLike(8, 4, 16, 5)
    const first = trainStep(network, optimiser, clips, { ...still, lr: 0.05 }).loss
    let last = first
    for (let iteration = 1; iteration < 25; iteration++) {
      last = trainStep(network, optimiser, clips, { ...still, lr: 0.05, iteration }).loss
    }
    expect(last).toBeLessThan(0.5 * first)
    dispose(network, optimiser)
  })

  it('the same seed and iteration drop the same features, another iteration others', () => {
    const losses = [0, 0, 1].map((iteration) => {
      const [network, optimiser] = make({ dropout: 0.5 })
      const { loss } = trainStep(network, optimiser, clipsLike(4, 4, 16, 1), { ...still, iteration })
      dispose(network, optimiser)
      return loss
    })
    expect(losses[0]).toBe(losses[1])
    expect(losses[0]).not.toBe(losses[2])
  })

  it('a loss that is no number is said, and the parameters stay', () => {
    const [network, optimiser] = make()
    const state = stateDict(network)
    floats(state, 'head.projection.bias')[0] = NaN
    loadStateDict(network, state, 'here')
    const result = trainStep(network, optimiser, clipsLike(4, 4, 16, 1), still)
    expect(result.loss).toBeNaN()
    expect(result.skipped).toBe(true)
    expect(result.top1).toBe(0)
    expect(stateDict(network).get('head.projection.weight')).toEqual(state.get('head.projection.weight'))
    dispose(network, optimiser)
  })

  it('activations that are no numbers leave the running statistics as they were', () => {
    const [network, optimiser] = make()
    trainStep(network, optimiser, clipsLike(4, 4, 16, 1), { ...still, splits: 2 })
    const state = stateDict(network)
    const sound = floats(state, 's2.pathway0_res0.branch2.b.weight')[0]!
    floats(state, 's2.pathway0_res0.branch2.b.weight')[0] = NaN
    loadStateDict(network, state, 'here')
    const skip = (): boolean => trainStep(network, optimiser, clipsLike(4, 4, 16, 1), still).skipped
    expect(skip()).toBe(true) // the first one uploads what was loaded
    const before = tensorCount()
    expect(skip()).toBe(true)
    expect(tensorCount()).toEqual(before)
    const after = stateDict(network)
    for (const [name, { data }] of after) {
      if (name.includes('running')) expect(data, name).toEqual(state.get(name)!.data)
    }
    floats(after, 's2.pathway0_res0.branch2.b.weight')[0] = sound
    loadStateDict(network, after, 'here')
    expect(trainStep(network, optimiser, clipsLike(4, 4, 16, 1), still).skipped).toBe(false)
    dispose(network, optimiser)
  })

  it('a step that throws leaves the statistics as they were, and no tensor', () => {
    const [network, optimiser] = make()
    const clips = clipsLike(4, 4, 16, 1)
    trainStep(network, optimiser, clips, still)
    const broken = { ...clips, labels: clips.labels.slice(0, 3) } // found out after the forward pass
    const act = (): unknown => trainStep(network, optimiser, broken, still)
    expect(act).toThrow()
    const [state, before] = [stateDict(network), tensorCount()]
    expect(act).toThrow()
    expect(tensorCount()).toEqual(before)
    expect(stateDict(network)).toEqual(state)
    dispose(network, optimiser)
  })

  it('a step in parts is the step as a whole, with as many tensors alive', () => {
    const clips = clipsLike(8, 4, 34, 3)
    const taken = (parts: number) => {
      const [network, optimiser] = make({ dropout: 0.5 })
      const step = (iteration: number) =>
        trainStep(network, optimiser, clips, { ...still, lr: 0.01, splits: 4, parts, iteration })
      const first = step(0)
      const state = [...stateDict(network).values(), ...groupStatistics(network).values()]
      const alive = tensorCount()
      step(1)
      expect(tensorCount()).toEqual(alive)
      dispose(network, optimiser)
      return { ...first, state: state.map(({ data }) => Float32Array.from(data as Float32Array)) }
    }
    const whole = taken(1)
    for (const parts of [2, 4]) {
      const { state, ...facts } = taken(parts)
      expect(facts.loss).toBeCloseTo(whole.loss, 5)
      expect(facts.top1).toBe(whole.top1)
      expect(facts.gradientNorm / whole.gradientNorm).toBeCloseTo(1, 4)
      state.forEach((values, index) => expect(distance(values, whole.state[index]!)).toBeLessThan(5e-4))
    }
  })

  it('a step in parts that is skipped, or throws in its last part, leaves everything as it was', () => {
    const [network, optimiser] = make()
    const clips = clipsLike(8, 4, 16, 1)
    const step = (batch: LabelledClips): StepResult =>
      trainStep(network, optimiser, batch, { ...still, splits: 4, parts: 2 })
    const everything = () => ({
      state: stateDict(network),
      groups: groupStatistics(network),
      tensors: tensorCount(),
    })
    step(clips)
    const broken = { ...clips, labels: clips.labels.slice(0, 7) }
    expect(() => step(broken)).toThrow()
    const before = everything()
    expect(() => step(broken)).toThrow()
    expect(everything()).toEqual(before)
    const state = stateDict(network)
    floats(state, 'head.projection.bias')[0] = NaN
    network.parameters.assign(tf.tensor1d(flatParameters(network.parameters.specs, state)))
    expect(step(clips).skipped).toBe(true) // uploads what was assigned
    const after = everything()
    expect(step(clips).skipped).toBe(true)
    expect(everything()).toEqual(after)
    dispose(network, optimiser)
  })

  it('an optimiser goes on with its momentum by the settings of an edit, with as many tensors', () => {
    const [network, optimiser] = make()
    const gradient = (): Tensor1D => tf.ones([network.parameters.count])
    optimiser.step(gradient(), 0.1)
    const [momentum, alive] = [optimiser.export(), tensorCount()]
    optimiser.take({ ...sgd, weightDecay: 0, momentum: 0, nesterov: false })
    expect(optimiser.export()).toEqual(momentum)
    const before = network.parameters.flat.dataSync()
    optimiser.step(gradient(), 0.25)
    network.parameters.flat.dataSync().forEach((value, i) => {
      if (Math.abs(before[i]! - value - 0.25) > 1e-6) throw new Error(`value ${i} moved otherwise`)
    })
    expect(tensorCount()).toEqual(alive)
    dispose(network, optimiser)
  })

  it('an evaluation in parts says the same', () => {
    const [network, optimiser] = make()
    const clips = clipsLike(6, 4, 16, 5)
    const whole = evaluateStep(network, clips)
    expect(whole.map((logits) => logits.length)).toEqual([5, 5, 5, 5, 5, 5])
    for (const parts of [2, 6]) {
      evaluateStep(network, clips, { parts }).forEach((logits, clip) =>
        expect(distance(logits, whole[clip]!)).toBeLessThan(1e-4),
      )
    }
    dispose(network, optimiser)
  })

  it('precise statistics are those of every group of the batches, each counting the same', () => {
    const [network, optimiser] = make()
    const batches = [clipsLike(4, 4, 16, 1), clipsLike(4, 8, 20, 2)]
    // From means 0 and variances 1, a tenth of the batch's statistics tells what they are.
    const fresh = stateDict(network)
    const seen = batches.flatMap((clips) => {
      loadStateDict(network, fresh, 'here')
      trainStep(network, optimiser, clips, { ...still, lr: 0, splits: 2 })
      const groups = groupStatistics(network)
      return [0, 1].map((group) => ({
        mean: floats(groups, `s1_fuse.bn.group${group}.running_mean`).map((value) => value / 0.1),
        variance: floats(groups, `s1_fuse.bn.group${group}.running_var`).map((value) => (value - 0.9) / 0.1),
      }))
    })
    const alive = tensorCount()
    const statistics = new PreciseStatistics(network.statistics)
    for (const clips of batches) {
      observeStatistics(network, clips, { splits: 2, parts: 2, observe: (own) => statistics.add(own) })
      observeStatistics(network, clips, { splits: 2, observe: () => undefined })
    }
    expect(tensorCount()).toEqual(alive)
    statistics.take()
    const state = stateDict(network)
    const average = (channel: number, of: (group: (typeof seen)[0]) => Float32Array): number =>
      seen.reduce((sum, group) => sum + of(group)[channel]!, 0) / seen.length
    const means = floats(state, 's1_fuse.bn.running_mean').map((_, c) => average(c, ({ mean }) => mean))
    const variances = floats(state, 's1_fuse.bn.running_var').map(
      (_, c) =>
        average(c, ({ variance }) => variance) +
        average(c, ({ mean }) => mean.map((value, i) => (value - means[i]!) ** 2)),
    )
    expect(distance(floats(state, 's1_fuse.bn.running_mean'), means)).toBeLessThan(1e-4)
    expect(distance(floats(state, 's1_fuse.bn.running_var'), variances)).toBeLessThan(1e-4)
    for (const name of ['head.projection.weight', 's1_fuse.bn.weight'])
      expect(state.get(name)).toEqual(fresh.get(name))
    dispose(network, optimiser)
  })

  it('weight decay shrinks weights, biases unless they are left out, and normalisation never', () => {
    const [shrunk, kept] = [false, true].map((noBiasDecay) => {
      const network = createNetwork(tinySlowfast, 5, { seed: 1 })
      const state = stateDict(network)
      floats(state, 'head.projection.bias').fill(1)
      loadStateDict(network, state, 'here')
      const optimiser = new Optimiser(network.parameters, {
        ...{ momentum: 0, nesterov: false, weightDecay: 0.5, noBiasDecay },
      })
      optimiser.step(tf.zeros([network.parameters.count]), 0.1)
      const after = stateDict(network)
      const ratio = (name: string): number => floats(after, name)[0]! / floats(state, name)[0]!
      const names = ['s1_fuse.conv_f2s.weight', 'head.projection.bias', 's1_fuse.bn.weight']
      dispose(network, optimiser)
      return names.map((name) => Number(ratio(name).toFixed(5)))
    })
    expect(shrunk).toEqual([0.95, 0.95, 1])
    expect(kept).toEqual([0.95, 1, 1])
  })

  it('a gradient above its limit is scaled down to it, one below stays', () => {
    const clips = clipsLike(8, 4, 16, 5)
    const moved = (clip?: number): { norm: number; distance: number } => {
      const network = createNetwork({ ...tinySlowfast, dropout: 0 }, 5, { seed: 1 })
      const plain = { momentum: 0, nesterov: false, weightDecay: 0, noBiasDecay: false }
      const optimiser = new Optimiser(network.parameters, plain)
      const before = stateDict(network)
      const { gradientNorm } = trainStep(network, optimiser, clips, { ...still, lr: 1, clip })
      const after = stateDict(network)
      let sum = 0
      for (const [name, { data }] of before) {
        if (name.includes('running')) continue
        const values = after.get(name)!.data as Float32Array
        sum += (data as Float32Array).reduce((all, value, i) => all + (value - values[i]!) ** 2, 0)
      }
      dispose(network, optimiser)
      return { norm: gradientNorm, distance: Math.sqrt(sum) }
    }
    const free = moved()
    expect(free.distance).toBeCloseTo(free.norm, 3)
    expect(moved(2 * free.norm).distance).toBeCloseTo(free.norm, 3)
    expect(moved(free.norm / 4).distance).toBeCloseTo(free.norm / 4, 3)
  })

  it('the momentum goes out and in again', () => {
    const clips = clipsLike(4, 4, 16, 1)
    const [a, optimiserA] = make()
    trainStep(a, optimiserA, clips, still)
    const [b, optimiserB] = make()
    loadStateDict(b, stateDict(a), 'here')
    optimiserB.import(optimiserA.export())
    trainStep(a, optimiserA, clips, still)
    trainStep(b, optimiserB, clips, still)
    expect(b.parameters.flat.dataSync()).toEqual(a.parameters.flat.dataSync())
    dispose(a, optimiserA)
    dispose(b, optimiserB)
  })

  it('an evaluation of a clip is the same whatever clips come with it', () => {
    const [network, optimiser] = make()
    for (let iteration = 0; iteration < 3; iteration++) {
      trainStep(network, optimiser, clipsLike(8, 4, 16, iteration), {
        ...still,
        lr: 0.01,
        splits: 4,
        iteration,
      })
    }
    const both = clipsLike(2, 4, 16, 9)
    const half = both.pixels.length / 2
    const together = evaluateStep(network, both)
    for (const clip of [0, 1]) {
      const [alone] = evaluateStep(network, {
        pixels: both.pixels.subarray(clip * half, (clip + 1) * half),
        shape: { ...both.shape, batch: 1 },
        labels: both.labels.slice(clip, clip + 1),
      })
      expect(distance(alone!, together[clip]!)).toBeLessThan(1e-4)
    }
    dispose(network, optimiser)
  })
})

/** What PyTorch started from, computed and ended with. */
function trajectory(): { before: StateDict; after: StateDict; losses: Float32Array } {
  const { tensors } = readSafetensors(readFileSync('test/fixtures/trajectory.safetensors'), 'trajectory')
  const part = (prefix: string): StateDict =>
    new Map(
      [...tensors]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, tensor]) => [key.slice(prefix.length), tensor]),
    )
  return { before: part('before/'), after: part('after/'), losses: floats(tensors, 'losses') }
}

function trainAlong(before: StateDict, loss: Loss): { losses: number[]; after: StateDict } {
  const network = createNetwork(tinySlowfast, 5, { seed: 0 })
  loadStateDict(network, before, 'trajectory')
  const optimiser = new Optimiser(network.parameters, sgd)
  const shapes = [
    [8, 8, 18],
    [16, 4, 18],
    [16, 4, 25],
  ] as const
  const losses = Array.from({ length: 20 }, (_, step) => {
    const [batch, frames, size] = shapes[step % 3]!
    const clips = clipsLike(batch, frames, size, 1 + step * 1_000_003)
    const labels = loss === 'cross-entropy' ? clips.labels : severalOf(batch)
    const options = { lr: 0.0005 * (1 + (step % 5)), splits: step < 12 ? 2 : 4, seed: 0, iteration: step }
    return trainStep(network, optimiser, { ...clips, labels }, { ...options, loss }).loss
  })
  const after = stateDict(network)
  dispose(network, optimiser)
  return { losses, after }
}

/** None, one or two of five classes, by the rule of the fixture's script. */
function severalOf(batch: number): number[][] {
  return Array.from({ length: batch }, (_, clip) =>
    [0, 1, 2, 3, 4].filter((label) => (clip * (label + 1)) % 4 === 1),
  )
}

function make(changes: { dropout?: number } = {}): [Network, Optimiser] {
  const network = createNetwork({ ...tinySlowfast, ...changes }, 5, { seed: 7 })
  return [network, new Optimiser(network.parameters, sgd)]
}

function dispose(network: Network, optimiser: Optimiser): void {
  optimiser.dispose()
  network.dispose()
}

/** Bytes by a rule that the fixture's script shares, so that they need not be stored. */
function clipsLike(batch: number, frames: number, size: number, start: number): LabelledClips {
  const count = batch * frames * size * size * 3
  const pixels = Uint8Array.from({ length: count }, (_, i) => Math.imul(i + start, 2_654_435_761) >>> 24)
  return {
    pixels,
    shape: { batch, frames, size },
    labels: Array.from({ length: batch }, (_, clip) => [clip % 5]),
  }
}

function floats(state: StateDict, name: string): Float32Array {
  return state.get(name)!.data as Float32Array
}

/** ‖a − b‖ / ‖b‖. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const norm = (values: number[]): number => Math.hypot(...values)
  return norm(Array.from(a, (value, i) => value - b[i]!)) / (norm(Array.from(b)) || 1)
}
