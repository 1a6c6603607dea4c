import fc from 'fast-check'
import { createScanner, parse } from 'jsonc-parser'
import { describe, expect, it } from 'vitest'
import { applied } from '../../src/editor/applied'
import { editsOf } from '../../src/editor/Change'
import { setValue } from '../../src/editor/editJson'
import { scheduleFixes } from '../../src/editor/scheduleFixes'
import { scheduleProblems } from '../../src/editor/scheduleProblems'

const said = (text: string, bySchema: boolean) =>
  scheduleProblems(text, { bySchema }).map(({ message }) => message)

describe('what is underlined', () => {
  it.each([
    ['a syntax error', '{ "data": '],
    ['a key like no other', '{ "data": { "train": "t" }, "colour": 1 }'],
    ['a wrong type', '{ "data": { "train": "t" }, "train": { "batch": "8" } }'],
    ['a value out of its range', '{ "data": { "train": "t" }, "train": { "batch": 0 } }'],
    ['a word like none of a choice', '{ "data": { "train": "t" }, "model": { "arch": "resnet" } }'],
    ['a number that is none of a choice', '{ "data": { "train": "t" }, "model": { "depth": 34 } }'],
    ['a missing key', '{ "data": {} }'],
    ['a key given twice', '{ "data": { "train": "t", "train": "u" } }'],
  ])('leaves %s to the JSON Schema, where the editor checks by it', (_, text) => {
    expect(said(text, true)).toEqual([])
    expect(said(text, false)).not.toEqual([])
  })

  it.each([
    [
      'a key with a suggestion',
      '{ "data": { "train": "t" }, "train": { "lr": 1 } }',
      /did you mean "learningRate"/,
    ],
    ['a key of elsewhere', '{ "data": { "train": "t", "epochs": 1 } }', /belongs in "train"/],
    [
      'a word with a suggestion',
      '{ "data": { "train": "t" }, "train": { "policy": "cosin" } }',
      /did you mean "cosine"/,
    ],
    [
      'a truth in quotes',
      '{ "data": { "train": "t" }, "model": { "nonLocal": "true" } }',
      /did you mean true/,
    ],
  ])('names %s all the same', (_, text, message) => {
    expect(said(text, true)).toEqual([expect.stringMatching(message)])
  })

  it('leaves a low rate be where trained weights are tuned', () => {
    const low =
      '{ "data": { "train": "t" }, "model": { "init": "a.safetensors" }, "train": { "learningRate": 0.0001 } }'
    expect(said(low, true)).toEqual([])
    expect(said(low.replace('"init": "a.safetensors"', ''), true)).toHaveLength(1)
  })

  it('is counted in characters of the file, whatever its line ends', () => {
    const text = '{ // é\r\n  "data": { "train": "t" },\r\n  "train": { "bacth": 2 }\r\n}\r\n'
    const [problem] = scheduleProblems(text, { bySchema: true })
    expect(text.slice(problem!.offset).slice(0, problem!.length)).toBe('"bacth"')
  })
})

describe('a quick fix of any damaged schedule', () => {
  const keys = ['batch', 'bacth', 'epochs', 'steps', 'rates', 'lr', 'arch', 'warmup', 'frames', 'polcy']
  const values = fc.oneof(
    fc.constantFrom<unknown>(0, 1, 7, 8, 0.1, 60, 300, '8', 'true', 'slowfst', true, null, {}),
    fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 5 }),
    fc.record({ epochs: fc.integer({ min: 0, max: 500 }), from: fc.constant(0.001) }),
  )
  const section = fc.dictionary(fc.constantFrom(...keys), values, { maxKeys: 4 })

  it('is still JSON, with every comment', () => {
    fc.assert(
      fc.property(section, section, section, fc.boolean(), (data, model, train, spread) => {
        let comments = 0
        const written = (name: string, keys: Record<string, unknown>): string => {
          const all = Object.entries(keys)
          const lines = all.map(([key, value], index) => {
            const comma = index < all.length - 1 ? ',' : ''
            const line = `/* ${comments++} */ "${key}": ${JSON.stringify(value)}${comma}`
            return spread ? `\n    ${line} // ${comments++}` : ` ${line}`
          })
          return `"${name}": {${lines.join('')}${spread ? '\n  ' : ' '}}`
        }
        const sections = [
          written('data', { train: 't', ...data }),
          written('model', model),
          written('train', train),
        ]
        const text = `{ ${sections.join(', ')} }`
        for (const { fixes } of scheduleFixes(text, { offset: 0, length: text.length })) {
          for (const { title, edits } of fixes) {
            const after = applied(text, edits)
            const errors: unknown[] = []
            parse(after, errors as never, { allowTrailingComma: true })
            expect(errors, `${title}\n${after}`).toEqual([])
            expect(commentsOf(after), title).toEqual(commentsOf(text))
          }
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('an edit', () => {
  const set = (text: string, path: string[], value: unknown) => applied(text, setValue(text, path, value)!)

  it('gives a new key a line where its neighbours have one, and leaves their comments with them', () => {
    expect(set('{\n  "a": 1 // one\n}', ['b'], 2)).toBe('{\n  "a": 1, // one\n  "b": 2\n}')
    expect(set('{\n  "a": 1, // one\n}', ['b'], 2)).toBe('{\n  "a": 1, // one\n  "b": 2,\n}')
    expect(set('{\r\n\t"a": 1\r\n}', ['b'], 2)).toBe('{\r\n\t"a": 1,\r\n\t"b": 2\r\n}')
  })

  it('stays on the line of its neighbours, and makes the objects on the way', () => {
    expect(set('{ "a": 1 }', ['b', 'c'], [1, 2])).toBe('{ "a": 1, "b": { "c": [1, 2] } }')
    expect(set('{}', ['b'], 2)).toBe('{ "b": 2 }')
    expect(set('{ /* none */ }', ['b'], 2)).toBe('{ "b": 2 /* none */ }')
    expect(setValue('{ "a": 1 }', ['a', 'b'], 2)).toBeUndefined()
  })

  it('takes a key out with its comma, and with its line where it is alone there', () => {
    const without = (text: string, key: string) => applied(text, editsOf(text, [{ remove: [key] }])!)
    expect(without('{ "a": 1, "b": 2 }', 'a')).toBe('{ "b": 2 }')
    expect(without('{ "a": 1, "b": 2 }', 'b')).toBe('{ "a": 1 }')
    expect(without('{\n  "a": 1,\n  "b": 2\n}', 'a')).toBe('{\n  "b": 2\n}')
    expect(without('{\n  "a": 1, // one\n  "b": 2\n}', 'b')).toBe('{\n  "a": 1 // one\n}')
    expect(without('{ "a": 1 }', 'a')).toBe('{  }')
  })
})

function commentsOf(text: string): string[] {
  const scanner = createScanner(text, false)
  const found: string[] = []
  for (;;) {
    scanner.scan()
    const token = text.slice(scanner.getTokenOffset()).slice(0, scanner.getTokenLength())
    if (token === '') return found
    if (token.startsWith('//') || token.startsWith('/*')) found.push(token.trim())
  }
}
