import fc from 'fast-check'
import { stringify } from 'yaml'
import { describe, expect, it } from 'vitest'
import { decodeConfig, parseConfig } from '../../../src/config/parse'
import { keys, put, valueAt } from '../../../src/config/pyslowfast/keys'
import { importPySlowFast } from '../../../src/config/pyslowfast/read'
import { scheduleText } from '../../../src/config/pyslowfast/scheduleText'
import { exportPySlowFast } from '../../../src/config/pyslowfast/write'
import type { Config } from '../../../src/config/schema'
import { planJson } from '../../../src/schedule/planJson'
import { makePlan } from '../../../src/schedule/plan'
import { anySettings } from '../../schedule/anySettings'
import { goldenCases, settingsOf } from '../../schedule/golden'
import type { GoldenCase } from '../../schedule/golden'

const named = { name: 'imported' }

/** The YAML of a case; without the keys that have PySlowFast's own value when `terse`. */
function yamlOf({ input }: GoldenCase, terse: boolean): string {
  const given: Record<string, unknown> = {
    NUM_GPUS: input.numGpus,
    'TRAIN.BATCH_SIZE': input.batchSize,
    'TRAIN.EVAL_PERIOD': input.evalPeriod,
    'DATA.NUM_FRAMES': input.numFrames,
    'DATA.SAMPLING_RATE': input.samplingRate,
    'DATA.TRAIN_JITTER_SCALES': input.jitterScales,
    'DATA.TRAIN_CROP_SIZE': input.cropSize,
    'SOLVER.BASE_LR': input.baseLr,
    'SOLVER.GAMMA': input.gamma,
    'SOLVER.MAX_EPOCH': input.maxEpoch,
    'SOLVER.WARMUP_EPOCHS': input.warmupEpochs,
    'SOLVER.WARMUP_START_LR': input.warmupStartLr,
    'MULTIGRID.LONG_CYCLE': input.longCycle,
    'MULTIGRID.SHORT_CYCLE': input.shortCycle,
    'MULTIGRID.EPOCH_FACTOR': input.epochFactor,
    'MULTIGRID.LONG_CYCLE_FACTORS': input.longCycleFactors,
    'MULTIGRID.SHORT_CYCLE_FACTORS': input.shortCycleFactors,
    'MULTIGRID.BN_BASE_SIZE': input.bnBaseSize,
    'MULTIGRID.EVAL_FREQ': input.evalFreq,
  }
  const yaml = { SOLVER: { LR_POLICY: 'steps_with_relative_lrs', STEPS: input.steps, LRS: input.lrs } }
  for (const [key, value] of Object.entries(given)) {
    const fallback = keys.find(({ theirs }) => theirs === key)!.fallback
    if (!terse || JSON.stringify(fallback) !== JSON.stringify(value)) put(yaml, key.split('.'), value)
  }
  return stringify(yaml, { version: '1.1' })
}

describe.each(goldenCases)('the PySlowFast config of $name', (golden) => {
  const settings = settingsOf(golden)
  const expected = planJson(settings, makePlan(settings))

  it.each([
    ['in full', false],
    ['without what is a default', true],
  ])('%s has the reference’s plan', (_, terse) => {
    const { config, problems, ignored } = importPySlowFast(yamlOf(golden, terse), named)
    expect(problems).toEqual([])
    // With a long cycle the reference goes by GAMMA, whatever LRS says.
    expect(ignored.filter((key) => !(golden.input.longCycle && key.startsWith('SOLVER.LRS ')))).toEqual([])
    const plan = planJson(config!, makePlan(config!))
    expect(plan.phases).toEqual(expected.phases)
    for (const [epoch, { lr, evaluate }] of plan.perEpoch.entries()) {
      expect(evaluate).toBe(expected.perEpoch[epoch]!.evaluate)
      for (const [quarter, rate] of lr.entries())
        expect(Math.abs(rate - expected.perEpoch[epoch]!.lr[quarter]!)).toBeLessThan(1e-9)
    }
  })
})

const recipe = `TRAIN: {BATCH_SIZE: 64}
SOLVER:
  LR_POLICY: steps_with_relative_lrs
  STEPS: [0, 94, 154, 196]
  LRS: [1, 0.1, 0.01, 0.001]
  MAX_EPOCH: 239
MULTIGRID: {LONG_CYCLE: True, SHORT_CYCLE: True}
`

describe('a PySlowFast config', () => {
  it('has PySlowFast’s defaults for what it leaves out', () => {
    const { config } = importPySlowFast(recipe, named)
    for (const { theirs, ours, fallback } of keys) {
      if (/COSINE|LONG_CYCLE$|SHORT_CYCLE$|MAX_EPOCH/.test(theirs)) continue
      expect(valueAt(config, ours), theirs).toEqual(fallback)
    }
    expect(config).toMatchObject({ name: 'imported', model: { arch: 'slowfast', depth: 50 } })
  })

  it('is read as Python reads it', () => {
    const { config, problems } = importPySlowFast(
      `${recipe.replace('SHORT_CYCLE: True', 'SHORT_CYCLE: True, SHORT_CYCLE_FACTORS: [0.5, 0.5**0.5], LONG_CYCLE_FACTORS: ["(0.25, 0.5 ** 0.5)", "(1, 1)"]')}
DATA: {TRAIN_JITTER_SCALES: "(256, 340)", NUM_FRAMES: "16"}
`,
      named,
    )
    expect(problems).toEqual([])
    expect(config!.multigrid.shortCycleFactors).toEqual([0.5, 0.5 ** 0.5])
    expect(config!.multigrid.longCycleFactors).toEqual([
      [0.25, 0.5 ** 0.5],
      [1, 1],
    ])
    expect(config!.data).toMatchObject({ jitter: [256, 340], frames: 16 })
  })

  it('may have a number that YAML 1.1 takes for a word', () => {
    const { config } = importPySlowFast(
      `${recipe}BN: {WEIGHT_DECAY: 0.0}\n`.replace('MAX_EPOCH: 239', 'MAX_EPOCH: 239\n  WEIGHT_DECAY: 1e-5'),
      named,
    )
    expect(config!.train.weightDecay).toBe(1e-5)
  })

  it('keeps relative rates that no gamma gives, where no long cycle replaces them', () => {
    const odd = recipe.replace('0.01, 0.001]', '0.05, 0.001]')
    const plain = importPySlowFast(odd.replace('LONG_CYCLE: True', 'LONG_CYCLE: False'), named)
    expect(plain.config!.train.rates).toEqual([1, 0.1, 0.05, 0.001])
    const cycled = importPySlowFast(odd, named)
    expect(cycled.config!.train.rates).toBeUndefined()
    expect(cycled.ignored.join()).toContain('SOLVER.LRS (a long cycle goes by SOLVER.GAMMA')
  })

  it('with keys that mean nothing here lists them, and what may be a slip', () => {
    const { ignored } = importPySlowFast(
      `${recipe}TEST: {BATCH_SIZE: 64, ENABLE: False}\nNUM_SHARDS: 2\nMVIT: {DEPTH: 16}\nRESNET: {WIDTH_PER_GRUOP: 8}\n`,
      named,
    )
    expect(ignored).toEqual([
      'TEST.BATCH_SIZE',
      'TEST.ENABLE',
      'NUM_SHARDS',
      'MVIT.DEPTH',
      'RESNET.WIDTH_PER_GRUOP (did you mean RESNET.WIDTH_PER_GROUP?)',
    ])
  })

  it.each([
    [
      'SOLVER.LR_POLICY',
      recipe.replace('steps_with_relative_lrs', 'polynomial'),
      3,
      /cosine; it is polynomial/,
    ],
    ['SOLVER.STEPS', recipe.replace('[0, 94, 154, 196]', '[]'), 4, /list of epochs/],
    ['SOLVER.STEPS', recipe.replace('[0, 94,', '[0, 194,'), 4, /./],
    ['DATA.NUM_FRAMES', `${recipe}DATA: {NUM_FRAMES: many}\n`, 8, /whole number.*it is "many"/],
    ['BN.NORM_TYPE', `${recipe}BN:\n  NORM_TYPE: layernorm\n`, 9, /sync_batchnorm; it is layernorm/],
    [
      'SOLVER.LRS',
      recipe.replace('LONG_CYCLE: True', 'LONG_CYCLE: no').replace(', 0.001]', ']'),
      5,
      /a relative rate for each/,
    ],
  ])('with a wrong %s says so at its place', (key, text, line, message) => {
    const { config, problems } = importPySlowFast(text, named)
    expect(config).toBeUndefined()
    expect(problems[0]).toMatchObject({ path: key, line, severity: 'error' })
    expect(problems[0]!.message).toMatch(message)
  })

  it('of any text at all gives a config or problems, never an exception', () => {
    const piece = fc.constantFrom(
      'MULTIGRID',
      ':',
      ' ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      '&a',
      '*a',
      '<<',
      '-',
      'True',
      '1e-4',
      '!!python/object',
      '"',
      '0.5**0.5',
      'SOLVER',
      'STEPS',
      '?',
      '|',
      '#',
    )
    const damaged = fc
      .tuple(fc.nat(recipe.length), fc.nat(8), fc.array(piece, { maxLength: 6 }))
      .map(([at, length, pieces]) => recipe.slice(0, at) + pieces.join('') + recipe.slice(at + length))
    const any = fc.oneof(
      damaged,
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
    )
    fc.assert(
      fc.property(any, (text) => {
        const { config, problems } = importPySlowFast(text, named)
        if (!config) expect(problems.length).toBeGreaterThan(0)
        for (const { line, column, message } of problems) {
          expect(line).toBeGreaterThan(0)
          expect(column).toBeGreaterThan(0)
          expect(message).not.toBe('')
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('that is a bomb of aliases, or a megabyte, is refused soon', () => {
    const bomb = [
      'a: &a [1,1,1,1,1,1,1,1,1]',
      ...'bcdefghij'
        .split('')
        .map((letter, i) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefghij'[i]!}`).join(',')}]`),
    ]
    const began = performance.now()
    importPySlowFast(bomb.join('\n'), named)
    expect(importPySlowFast('#'.repeat(1_000_001), named).problems[0]!.message).toContain(
      '1000001 characters',
    )
    expect(performance.now() - began).toBeLessThan(5000)
  })
})

describe('an imported schedule as a file', () => {
  it('is read back to the same config, and says where its values come from', () => {
    const { config, schedule } = importPySlowFast(recipe, named)
    const text = scheduleText(schedule, 'recipe.yaml\n"}')
    expect(parseConfig(text, named).config).toEqual(config)
    expect(text).toMatch(/"learningRate": 0\.1, +\/\/ SOLVER\.BASE_LR\n/)
  })
})

describe('an exported schedule', () => {
  /** A config whose arithmetic is drawn, with the rest as it is by default. */
  const anyConfig: fc.Arbitrary<Config> = anySettings.map((settings) =>
    decodeConfig({
      ...settings,
      data: { ...settings.data, train: 'videos/train.csv', val: 'videos/val.csv' },
    }),
  )

  it('is imported again to the same plan and the same values', () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        const { text, left } = exportPySlowFast(config)
        expect(left).toEqual([])
        const back = importPySlowFast(text, { name: config.name })
        expect(back.problems).toEqual([])
        expect(back.ignored).toEqual([])
        expect(planJson(back.config!, makePlan(back.config!))).toEqual(planJson(config, makePlan(config)))
        for (const { theirs, ours, fallback } of keys)
          expect(valueAt(back.config, ours) ?? fallback, theirs).toEqual(valueAt(config, ours) ?? fallback)
      }),
      { numRuns: 300 },
    )
  })

  it('names what PySlowFast has no place for', () => {
    const { left } = exportPySlowFast(
      decodeConfig({
        data: { train: 'clips', workers: 2 },
        engine: { backend: 'wasm' },
        model: { nonLocal: true },
      }),
    )
    expect(left.map((line) => line.split(':')[0])).toEqual([
      'data.workers',
      'model.nonLocal',
      'engine.backend',
      'data.train',
      'data.val',
    ])
  })
})
