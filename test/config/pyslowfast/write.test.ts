import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeConfig, parseConfig } from '../../../src/config/parse'
import { keys, valueAt } from '../../../src/config/pyslowfast/keys'
import { importPySlowFast } from '../../../src/config/pyslowfast/read'
import { scheduleText } from '../../../src/config/pyslowfast/scheduleText'
import { exportPySlowFast } from '../../../src/config/pyslowfast/write'
import type { Config } from '../../../src/config/schema'
import { planJson } from '../../../src/schedule/planJson'
import { makePlan } from '../../../src/schedule/plan'
import { anySettings } from '../../schedule/anySettings'

describe('an exported schedule', () => {
  const small = fc.double({ min: 0, max: 0.9, noNaN: true })
  const anyModel = fc.record({
    arch: fc.constantFrom('slowfast', 'slow', 'i3d', 'c2d'),
    depth: fc.constantFrom(18, 50, 101),
    width: fc.integer({ min: 1, max: 64 }),
    alpha: fc.integer({ min: 1, max: 8 }),
    betaInv: fc.integer({ min: 1, max: 8 }),
    nonLocal: fc.constantFrom(false, 'softmax', 'dot_product'),
    dropout: fc.oneof(small, fc.constant(0)),
  })
  const anyNorm = fc.oneof(
    fc.record({ kind: fc.constant('split'), splits: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constant('sync'), devices: fc.integer({ min: 1, max: 9 }) }),
  )
  const anyOptimisation = fc.record({
    momentum: fc.constantFrom(0, 0.9),
    nesterov: fc.boolean(),
    weightDecay: fc.constantFrom(0, 1e-7, 2.5e-10, 1e-4, 1),
    noBiasDecay: fc.boolean(),
    preciseBatches: fc.constantFrom(0, 1, 200),
    gradientClip: fc.constantFrom(undefined, 1, 0.5),
    seed: fc.nat(),
    checkpointEvery: fc.integer({ min: 1, max: 9 }),
    finalLearningRate: fc.constantFrom(undefined, 1e-7, 1e-4),
    cosineAfterWarmup: fc.boolean(),
  })
  const anyFolder = fc.constantFrom('videos', '/', '5', 'on', '0x1', 'null', 'a: b #c', '"', 'C:\\v', 'é')
  /** Configs of every kind, odd ones included. */
  const anyConfig: fc.Arbitrary<Config> = fc
    .record({
      settings: anySettings,
      model: anyModel,
      norm: fc.option(anyNorm, { nil: undefined }),
      optimisation: anyOptimisation,
      rates: fc.option(fc.array(small, { minLength: 6, maxLength: 6 }), { nil: undefined }),
      folder: anyFolder,
      flip: fc.boolean(),
    })
    .map(({ settings, model, norm, optimisation, rates, folder, flip }) => {
      const { data, train, multigrid } = settings
      const place = folder === '/' ? '' : folder
      return decodeConfig({
        ...settings,
        data: { ...data, flip, train: `${place}/train.csv`, val: `${place}/val.csv` },
        model: norm ? { ...model, norm } : model,
        train: {
          ...train,
          ...optimisation,
          ...(rates && !multigrid.longCycle && { rates: rates.slice(0, train.steps.length) }),
        },
        multigrid: {
          ...multigrid,
          ...(multigrid.shortCycle && {
            shortCycleFactors: [...multigrid.shortCycleFactors, 0.5, 0.7].slice(0, 2),
          }),
        },
      })
    })

  it('is imported again to the same plan and the same values', () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        const { text, left } = exportPySlowFast(config)
        expect(left.filter((line) => !line.includes('"/'))).toEqual([])
        const back = importPySlowFast(text, { name: config.name })
        expect(back.problems).toEqual([])
        expect(back.ignored).toEqual([])
        expect(planJson(back.config!, makePlan(back.config!))).toEqual(planJson(config, makePlan(config)))
        for (const { theirs, ours, fallback } of keys)
          expect(valueAt(back.config, ours) ?? fallback, theirs).toEqual(valueAt(config, ours) ?? fallback)
        const { norm, ...model } = config.model
        expect(back.config!.model).toEqual(norm ? { ...model, norm } : model)
        // PySlowFast has strides count frames of a fixed rate always.
        if (left.length === 0)
          expect(back.config!.data).toEqual({ ...config.data, fps: config.data.fps ?? 30 })
        expect(parseConfig(scheduleText(back.schedule, 'a.yaml'), { name: config.name }).config).toEqual(
          back.config,
        )
      }),
      { numRuns: 300, seed: 1 },
    )
  })

  it.each(['kinetics', 'charades', 'ssv2'])(
    'has the lists of %s where PySlowFast looks for them',
    (dataset) => {
      const given = importPySlowFast(
        `TRAIN: {DATASET: ${dataset}}\nDATA: {PATH_TO_DATA_DIR: lists, PATH_PREFIX: videos, MULTI_LABEL: True}\nSOLVER: {STEPS: [0]}\n`,
        { name: 'given' },
      )
      const { text, left } = exportPySlowFast(given.config!)
      expect(left).toEqual([])
      expect(importPySlowFast(text, { name: 'given' }).config!.data).toEqual(given.config!.data)
    },
  )

  it('has values of the types that PySlowFast’s loader asks for', () => {
    const { text } = exportPySlowFast(
      decodeConfig({
        data: { train: 'clips' },
        train: {
          learningRate: 1,
          warmup: { epochs: 34, from: 0 },
          gamma: 1e-4,
          weightDecay: 1e-7,
          momentum: 0,
        },
        multigrid: { epochFactor: 2 },
      }),
    )
    for (const line of ['BASE_LR: 1.0', 'WARMUP_EPOCHS: 34.0', 'WARMUP_START_LR: 0.0', 'MOMENTUM: 0.0'])
      expect(text).toContain(`  ${line}\n`)
    expect(text).toContain('WEIGHT_DECAY: 1.0e-7\n')
    expect(text).toContain('LRS: [1, 0.0001, 1.0e-8, ')
    expect(text).toContain('EPOCH_FACTOR: 2.0\n')
    expect(text).toContain('MAX_EPOCH: 239\n')
    expect(text).toContain('NESTEROV: True\n')
  })

  it('has the lists of each pathway, without which PySlowFast builds no SlowFast', () => {
    const { text } = exportPySlowFast(
      decodeConfig({ data: { train: 'clips' }, model: { depth: 50, nonLocal: true } }),
    )
    expect(text).toContain('SPATIAL_STRIDES: [[1, 1], [2, 2], [2, 2], [2, 2]]\n')
    expect(text).toContain('LOCATION: [[[], []], [[1, 3], []], [[1, 3, 5], []], [[], []]]\n')
    expect(text).toContain('INSTANTIATION: "dot_product"\n')
  })

  it('names what PySlowFast has no place for', () => {
    const { left } = exportPySlowFast(
      decodeConfig({
        data: { train: 'clips', workers: 2 },
        engine: { backend: 'wasm' },
        train: { epochs: 9, steps: [0, 5], rates: [1, 0.3] },
        multigrid: { shortCycleFactors: [0.5] },
      }),
    )
    expect(left).toEqual([
      'data.workers: 2',
      'engine.backend: "wasm"',
      'data.train: "clips"',
      'train.rates: [1,0.3]',
      'multigrid.shortCycleFactors: [0.5]',
    ])
  })
})
