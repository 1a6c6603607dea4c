import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../src/config/parse'
import { keys, valueAt } from '../../../src/config/pyslowfast/keys'
import { importPySlowFast } from '../../../src/config/pyslowfast/read'
import { scheduleText } from '../../../src/config/pyslowfast/scheduleText'

const named = { name: 'imported' }

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
      'NUM_SHARDS (2; here one machine trains, with TRAIN.BATCH_SIZE as written)',
      'MVIT.DEPTH',
      'RESNET.WIDTH_PER_GRUOP (did you mean RESNET.WIDTH_PER_GROUP?)',
    ])
  })

  it.each([
    [
      'SOLVER.LR_POLICY',
      recipe.replace('steps_with_relative_lrs', 'polynomial'),
      3,
      /cosine; it is "polynomial"/,
    ],
    ['SOLVER.STEPS', recipe.replace('[0, 94, 154, 196]', '[]'), 4, /list of epochs/],
    ['SOLVER.STEPS', recipe.replace('[0, 94,', '[0, 194,'), 4, /./],
    ['DATA.NUM_FRAMES', `${recipe}DATA: {NUM_FRAMES: many}\n`, 8, /whole number.*it is "many"/],
    ['BN.NORM_TYPE', `${recipe}BN:\n  NORM_TYPE: layernorm\n`, 9, /sync_batchnorm; it is "layernorm"/],
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

  it('says why a key is ignored that would change the training', () => {
    const { ignored } = importPySlowFast(
      `${recipe}AUG: {ENABLE: True}\nMIXUP: {ENABLE: False}\nMODEL: {ARCH: mvit}\nSLOWFAST: {FUSION_KERNEL_SZ: 5}\n`.replace(
        'MAX_EPOCH',
        'OPTIMIZING_METHOD: adamw\n  MAX_EPOCH',
      ),
      named,
    )
    expect(ignored).toEqual([
      'MODEL.ARCH ("mvit" is none of slowfast, slow, i3d, c2d; slowfast is written)',
      'SLOWFAST.FUSION_KERNEL_SZ (5; here it is 7)',
      'SOLVER.OPTIMIZING_METHOD ("adamw"; here the optimiser is sgd)',
      'AUG.ENABLE (true; here clips are scaled, cropped and mirrored only)',
      'MIXUP.ENABLE',
    ])
  })

  it('says where the clips are, and how many labels they have', () => {
    const read = (text: string, dataset: string) =>
      importPySlowFast(`${recipe.replace('64', `64, DATASET: ${dataset}`)}DATA: {${text}}\n`, named)
    const data = (text: string, dataset: string): unknown => {
      const { config, ignored } = read(text, dataset)
      expect(ignored).toEqual([])
      return config!.data
    }
    expect(
      data('PATH_TO_DATA_DIR: lists, PATH_PREFIX: videos, PATH_LABEL_SEPARATOR: ","', 'kinetics'),
    ).toMatchObject({
      train: 'lists/train.csv',
      val: 'lists/val.csv',
      root: 'videos',
      layout: 'auto',
    })
    expect(data('PATH_TO_DATA_DIR: lists/, MULTI_LABEL: True', 'charades')).toMatchObject({
      train: 'lists/train.csv',
      layout: 'charades',
      multiLabel: true,
    })
    expect(data('PATH_TO_DATA_DIR: lists, PATH_PREFIX: ""', 'Ssv2')).toMatchObject({
      train: 'lists/something-something-v2-train.json',
      val: 'lists/something-something-v2-validation.json',
    })
    expect('root' in (data('PATH_PREFIX: ""', 'kinetics') as object)).toBe(false)
    const other = read('MULTI_LABEL: 3', 'imagenet')
    expect(other.ignored).toEqual(['TRAIN.DATASET ("imagenet"; train.csv and val.csv are read)'])
    expect(other.problems).toMatchObject([
      { path: 'DATA.MULTI_LABEL', message: 'must be true or false; it is 3' },
    ])
  })

  it('has non-local blocks where ours are', () => {
    const i3d = (places: string): string =>
      `${recipe}MODEL: {ARCH: i3d}\nNONLOCAL: {LOCATION: ${places}, INSTANTIATION: softmax}\n`
    const usual = importPySlowFast(i3d('[[[]], [[1, 3]], [[1, 3, 5]], [[]]]'), named)
    expect(usual.config!.model.nonLocal).toBe('softmax')
    expect(usual.ignored).toEqual([])
    expect(importPySlowFast(i3d('[[[]], [[]], [[]], [[]]]'), named).config!.model.nonLocal).toBe(false)
    const other = importPySlowFast(i3d('[[[]], [[]], [[1]], [[]]]'), named)
    expect(other.ignored[0]).toBe(
      'NONLOCAL.LOCATION ([[[]],[[]],[[1]],[[]]]; here it is [[[]],[[1,3]],[[1,3,5]],[[]]])',
    )
  })

  it('may name a value or a section elsewhere', () => {
    const { config } = importPySlowFast(
      `FRAMES: &frames 32\nCYCLE: &cycle {LONG_CYCLE: True, BN_BASE_SIZE: 4}\nDATA: {NUM_FRAMES: *frames}\n${recipe.replace(/MULTIGRID.*/, 'MULTIGRID: *cycle')}`,
      named,
    )
    expect(config).toMatchObject({ data: { frames: 32 }, multigrid: { longCycle: true, bnBase: 4 } })
  })

  it('has a short cycle of two factors, as PySlowFast does', () => {
    const withFactors = (factors: string): string =>
      recipe.replace('True}', `True, SHORT_CYCLE_FACTORS: ${factors}}`)
    const more = importPySlowFast(withFactors('[0.5, 0.6, 0.7]'), named)
    expect(more.config!.multigrid.shortCycleFactors).toEqual([0.5, 0.6])
    expect(more.ignored).toEqual(['MULTIGRID.SHORT_CYCLE_FACTORS (all but the first two, as in PySlowFast)'])
    expect(importPySlowFast(withFactors('[0.5]'), named).problems[0]!.message).toMatch(/must be two factors/)
  })

  it('is named after its file, whatever the file is called', () => {
    expect(importPySlowFast(recipe, { name: '' }).config!.name).toBe('imported')
    expect(importPySlowFast(recipe, { name: 'x'.repeat(300) }).config!.name).toHaveLength(100)
  })

  it.each([
    ['_BASE_', `_BASE_: other.yaml\n${recipe}`, 1, /another config, which is not read/],
    ['DATA.NUM_FRAMES', `${recipe}DATA:\n  NUM_FRAMES:\n`, 9, /has no value; without the key it is 8/],
    ['DATA', `${recipe}DATA: [8]\n`, 8, /must be a section/],
    ['DATA.NUM_FRAMES', `${recipe}DATA: {NUM_FRAMES: {a: 1}}\n`, 8, /a value, not a section/],
    ['DATA.<<', `M: &m {NUM_FRAMES: 4}\n${recipe}DATA: {<<: *m}\n`, 9, /write out the keys/],
    ['NUM_GPUS', `${recipe}NUM_GPUS: 1\nNUM_GPUS: 2\n`, 8, /given twice/],
    ['SOLVER.STEPS', 'MULTIGRID: {LONG_CYCLE: True}\nSOLVER: {MAX_EPOCH: 9}\n', 2, /it is empty/],
    ['BN.NUM_SPLITS', `${recipe}BN: {NORM_TYPE: sub_batchnorm, NUM_SPLITS: 0}\n`, 8, /whole number/],
    [
      'DATA.TRAIN_JITTER_SCALES',
      `${recipe}DATA: {TRAIN_JITTER_SCALES: [9, 9]}\n`,
      8,
      /least DATA.TRAIN_CROP_SIZE/,
    ],
  ])('that leaves %s in doubt is refused, not guessed at', (key, text, line, message) => {
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
      { numRuns: 2000, seed: 1 },
    )
  })

  const bomb = [
    'a: &a [1,1,1,1,1,1,1,1,1]',
    ...'bcdefghij'
      .split('')
      .map((letter, i) => `${letter}: &${letter} [${'abcdefghij'[i]!.replace(/./, '*$&,').repeat(9)}]`),
  ].join('\n')
  const many = (line: (index: number) => string, count: number): string =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n')

  it.each([
    ['a value that is a bomb of aliases', `${bomb}\nDATA: {MEAN: *j}`, /repeats itself/],
    ['a value that holds itself', 'DATA: {MEAN: &a [*a]}', /repeats itself/],
    ['brackets without end', '['.repeat(19_000), /nest too deep/],
    ['a hundred thousand keys', many((index) => `k${index}: 1`, 99_999), /marks, which no config needs/],
    ['a hundred thousand errors', '}\n'.repeat(100_000), /marks, which no config needs/],
    ['more than a megabyte', '#'.repeat(1_000_001), /1000001 characters/],
  ])('with %s is refused soon', (_, text, message) => {
    const began = performance.now()
    const { config, problems } = importPySlowFast(text, named)
    expect(config).toBeUndefined()
    expect(problems[0]!.message).toMatch(message)
    expect(problems.length).toBeLessThanOrEqual(100)
    expect(performance.now() - began).toBeLessThan(3000)
  })

  it.each([
    ['thousands of keys', many((index) => `k${index}: 1`, 9000)],
    ['thousands of keys that are nearly known', `SOLVER:\n${many((index) => `  BASE_${index}: 1`, 9000)}`],
    ['thousands of aliases', `a: &a [1]\n${many((index) => `b${index}: *a`, 5000)}`],
    ['a long comment', `${recipe}# ${'x'.repeat(990_000)}`],
  ])('with %s is read soon', (_, text) => {
    const began = performance.now()
    expect(importPySlowFast(text, named).problems).toEqual([])
    expect(performance.now() - began).toBeLessThan(3000)
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
