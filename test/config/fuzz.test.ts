import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeConfig, parseConfig } from '../../src/config/parse'
import { HumanError } from '../../src/HumanError'

const valid = `{
  "name": "motion", // a comment
  "data": { "train": "data/train", "val": "data/val", "frames": 16, "stride": 2, "crop": 112, "jitter": [128, 160], "flip": true },
  "model": { "arch": "slowfast", "depth": 18, "width": 16, "alpha": 4, "betaInv": 8, "nonLocal": false, "dropout": 0.5 },
  "train": { "batch": 8, "epochs": 239, "steps": [0, 94, 154, 196], "gamma": 0.1, "policy": "steps", "learningRate": 0.1,
             "warmup": { "epochs": 34, "from": 0.01 }, "momentum": 0.9, "nesterov": true, "weightDecay": 1e-4, "seed": 0 },
  "multigrid": { "longCycle": true, "shortCycle": true, "epochFactor": 1.5,
                 "longCycleFactors": [[0.25, 0.70711], [0.5, 0.70711], [0.5, 1], [1, 1]],
                 "shortCycleFactors": [0.5, 0.70711], "bnBase": 8, "evaluationsPerShape": 3 },
  "engine": { "backend": "auto", "devices": 1 }
}`

const keys = [...valid.matchAll(/"(\w+)":/g)].map(([, key]) => key!)
const odd = fc.constantFrom(
  '0',
  '-1',
  '1e400',
  '0.5',
  'null',
  '""',
  '[]',
  '{}',
  'true',
  '__proto__',
  '"\\u0000"',
  '1e9',
  '[[[',
  '/*',
  '//',
  '"',
  '\uFEFF',
  '\n',
)
const edit = fc.record({
  at: fc.nat(valid.length),
  drop: fc.nat(30),
  insert: fc.oneof(odd, fc.string({ maxLength: 5 })),
})

const settled = (text: string): void => {
  const { config, problems } = parseConfig(text)
  if (!config) expect(problems.some(({ severity }) => severity === 'error')).toBe(true)
  const lines = text.split(/\r\n|\r|\n/)
  for (const { line, column } of problems) {
    expect(line).toBeGreaterThanOrEqual(1)
    expect(line).toBeLessThanOrEqual(lines.length)
    expect(column).toBeGreaterThanOrEqual(1)
    expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 2)
  }
}

describe('a schedule file with any text at all', () => {
  it('gives a config or problems with their places, never an exception: damaged files', () => {
    const damaged = fc
      .array(edit, { minLength: 1, maxLength: 4 })
      .map((edits) =>
        edits.reduce(
          (text, { at, drop, insert }) => text.slice(0, at) + insert + text.slice(at + drop),
          valid,
        ),
      )
    fc.assert(fc.property(damaged, settled), { numRuns: 10_000 })
  })

  it('likewise: other values for known keys', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.double(),
      fc.constantFrom(0, 1, 2, 1e6, 0.001, [0], [0, 1], [[1, 1]], '__proto__'),
    )
    const section = fc.dictionary(fc.constantFrom(...keys, '__proto__', 'constructor', 'toString'), value, {
      maxKeys: 6,
    })
    const file = fc.dictionary(
      fc.constantFrom('data', 'model', 'train', 'multigrid', 'engine', 'name', '__proto__'),
      fc.oneof({ weight: 4, arbitrary: section }, value),
    )
    fc.assert(
      fc.property(file, (one) => {
        settled(JSON.stringify(one))
        try {
          decodeConfig(one)
        } catch (error) {
          expect(error).toBeInstanceOf(HumanError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('likewise: no file at all', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), settled), { numRuns: 500 })
  })
})
