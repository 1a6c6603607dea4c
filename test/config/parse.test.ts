import { describe, expect, it } from 'vitest'
import { HumanError } from '../../src/HumanError'
import { decodeConfig, parseConfig, warnings } from '../../src/config/parse'

const linesFor = (text: string): string[] =>
  parseConfig(text).problems.map(({ path, line, column, message }) => `${line}:${column} ${path} ${message}`)

const configOf = (file: object) => {
  const { config, problems } = parseConfig(JSON.stringify(file))
  if (!config) throw new Error(JSON.stringify(problems))
  return config
}

describe('a schedule file', () => {
  it('needs nothing but the training clips; every other key has a default', () => {
    const { config, problems } = parseConfig('{ "data": { "train": "clips" } }', { name: 'motion' })
    expect(problems).toEqual([])
    expect(config).toMatchObject({
      name: 'motion',
      data: {
        train: 'clips',
        frames: 16,
        stride: 2,
        crop: 112,
        jitter: [128, 160],
        flip: true,
        workers: 'auto',
      },
      model: { arch: 'slowfast', depth: 18, nonLocal: false },
      train: {
        batch: 8,
        epochs: 239,
        steps: [0, 94, 154, 196],
        learningRate: 0.0125,
        warmup: { epochs: 34, from: 0.00125 },
        evaluateEvery: 10,
      },
      multigrid: { epochFactor: 1.5, shortCycleFactors: [0.5, Math.SQRT1_2] },
      engine: { backend: 'auto', devices: 1 },
    })
  })

  it('may have comments and trailing commas', () => {
    const text = '{\n  // What to train on\n  "data": { "train": "clips", /* 4 GB */ },\n}'
    expect(parseConfig(text).config?.data.train).toBe('clips')
  })

  it.each([1, 2, 3, 5, 10, 60, 1000])('of %d epochs has default stages that fit into them', (epochs) => {
    const { steps } = configOf({ data: { train: 'x' }, train: { epochs } }).train
    expect(steps[0]).toBe(0)
    expect(steps.every((step, index) => index === 0 || (step > steps[index - 1]! && step < epochs))).toBe(
      true,
    )
  })

  it('has its jitter in proportion to the crop', () => {
    expect(configOf({ data: { train: 'x', crop: 224 } }).data.jitter).toEqual([256, 320])
  })

  it('shows all its problems at once, each with its place and what is allowed', () => {
    const text = `{
  "nmae": "motion",
  "data": { "frames": 0, "crop": "112" },
  "train": {
    "lr": 0.1,
    "crop": 112,
    "steps": [0, 94, 90],
    "warmup": { "epochs": 5 }
  },
  "multigrid": { "longCycleFactors": [[0.25, 2]], "xyzzy": 1 },
  "engine": { "backend": "cuda" }
}`
    expect(linesFor(text)).toEqual([
      '2:3 nmae is not a key; did you mean "name"?',
      '3:3 data.train is missing; it must be the path of a folder or list, in quotes',
      '3:23 data.frames must be a whole number from 1 to 1024; it is 0',
      '3:34 data.crop must be a whole number from 1 to 2048; it is "112"',
      '5:5 train.lr is not a key; did you mean "learningRate"?',
      '6:5 train.crop is not a key here; it belongs in "data"',
      '7:22 train.steps[2] must be greater than the step before it, but 90 follows 94',
      '8:5 train.warmup.from is missing; it must be a number from 0 to 1000',
      '10:46 multigrid.longCycleFactors[0][1] must be a number above 0, at most 1; it is 2',
      '10:51 multigrid.xyzzy is not a key; allowed here: longCycle, shortCycle, epochFactor, longCycleFactors, shortCycleFactors, bnBase, evaluationsPerShape',
      '11:26 engine.backend must be one of "auto", "tfjs-node-gpu", "tfjs-node", "wasm"; it is "cuda"',
    ])
  })

  it('says what kinds of normalisation there are', () => {
    const withNorm = (norm: string): string[] =>
      linesFor(`{ "data": { "train": "x" }, "model": { "norm": ${norm} } }`)
    expect(withNorm('{ "kind": "split", "splits": 2 }')).toEqual([])
    expect(withNorm('{ "kind": "spilt" }')[0]).toMatch(/model\.norm.* must be \{ "kind": "plain" \}/)
    expect(withNorm('{ "kind": "split" }')[0]).toMatch(/model\.norm\.splits is missing/)
    expect(withNorm('{ "kind": "split", "splits": 2, "split": 1 }')[0]).toMatch(/did you mean "splits"/)
  })

  it('that cannot be planned says why, beside what is wrong elsewhere', () => {
    expect(
      linesFor(
        '{ "data": { "train": "x", "flip": 1 }, "train": { "batch": 4 },\n"engine": { "devices": 16 } }',
      ),
    ).toEqual([
      '1:35 data.flip must be true or false; it is 1',
      '2:24 engine.devices must be at most train.batch: 16 devices cannot share 4 clips',
    ])
  })

  it('does not blame one key for another that has no value', () => {
    expect(
      linesFor('{ "data": { "train": "x" }, "train": { "batch": "many" }, "engine": { "devices": 16 } }'),
    ).toEqual(['1:49 train.batch must be a whole number from 1 to 65536; it is "many"'])
  })

  it.each([
    ['', '1:1  a value is expected here'],
    ['[1]', '1:1  must be an object in braces: { "data": { "train": "…" } }; it is [1]'],
    ['{ "data" "x" }', '1:10  a colon is expected here'],
    ['{ "data": { "train": "x" }', '1:27  a closing brace } is missing'],
    [
      '{ "data": { "train": nope } }',
      '1:22  this is not a word of JSON: only true, false and null are, and text stands in double quotes',
    ],
    ['['.repeat(100_000), '1:65  must not nest deeper than 64 levels'],
  ])('that is not one (%.20s) says where', (text, first) => {
    expect(linesFor(text)[0]).toBe(first)
  })

  it('counts lines as its author sees them', () => {
    expect(parseConfig('{\r\n\r\n "x": 1 }').problems.at(-1)).toMatchObject({ path: 'x', line: 3, column: 2 })
  })

  it('warns of a key that is given twice', () => {
    const { config, problems } = parseConfig('{ "data": { "train": "x", "frames": 8, "frames": 16 } }')
    expect(config?.data.frames).toBe(16)
    expect(problems).toEqual([
      {
        path: 'data.frames',
        line: 1,
        column: 40,
        message: 'is given twice; the last one counts',
        severity: 'warning',
      },
    ])
  })

  it('warns of a rate for another batch, at its place', () => {
    const { problems } = parseConfig(
      '{ "data": { "train": "x" }, "train": { "batch": 16,\n"learningRate": 0.1 } }',
    )
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({
      path: 'train.learningRate',
      line: 2,
      column: 17,
      severity: 'warning',
    })
    expect(problems[0]!.message).toContain('0.025')
  })

  it('warns of a network that cannot take the clips, but can be planned', () => {
    expect(warnings(configOf({ data: { train: 'x', frames: 8 }, model: { width: 12 } }))).toEqual([
      'model.alpha must divide the frames of every shape, but clips of 2 frames are planned: the slow pathway takes one frame of 4.',
      'model.betaInv must divide model.width, 12: the fast pathway has width / betaInv channels.',
    ])
    expect(
      warnings(configOf({ data: { train: 'x', frames: 8 }, model: { arch: 'slow', width: 12 } })),
    ).toEqual([])
  })

  it('with thousands of faults lists a hundred and counts the rest', () => {
    const keys = Array.from({ length: 5000 }, (_, index) => `"unknown${index}": 0`)
    const { problems } = parseConfig(`{ "data": { "train": "x" }, "train": { ${keys.join(', ')} } }`)
    expect(problems).toHaveLength(100)
    expect(problems.at(-1)!.message).toMatch(/^and \d+ more problems/)
  })
})

describe('a config that crosses a process boundary', () => {
  it('comes out as it went in', () => {
    const config = configOf({ name: 'a', data: { train: '/x' }, train: { epochs: 20 } })
    expect(decodeConfig(JSON.parse(JSON.stringify(config)))).toEqual(config)
  })

  it('is refused with all its faults', () => {
    expect(() => decodeConfig({ data: {}, engine: { devices: 3 } })).toThrow(HumanError)
    expect(() => decodeConfig({ data: {}, engine: { devices: 3 } })).toThrow(
      'data.train is missing; it must be the path of a folder or list, in quotes.\n' +
        'engine.devices must divide train.batch: with 3 devices it can be 6 or 9, not 8.',
    )
    const deep: unknown = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)
    for (const value of [
      undefined,
      null,
      3,
      'x',
      [],
      () => 1,
      deep,
      { data: deep },
      { data: { train: deep } },
    ])
      expect(() => decodeConfig(value)).toThrow(HumanError)
  })
})
