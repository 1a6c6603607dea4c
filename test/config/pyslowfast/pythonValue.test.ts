import { describe, expect, it } from 'vitest'
import { pythonValue } from '../../../src/config/pyslowfast/pythonValue'

describe('text that Python takes for a value', () => {
  it.each([
    ['1e-4', 1e-4],
    ['.5', 0.5],
    ['5.', 5],
    ['-3', -3],
    ['True', true],
    [' False ', false],
    ['None', null],
    ['0.5**0.5', 0.5 ** 0.5],
    ['0.5 ** 0.5', 0.5 ** 0.5],
    ['2 ** 3 ** 2', 512],
    ['-2 ** 2', -4],
    ['2 ** -1', 0.5],
    ['(1 / 4) ** 0.5', 0.5],
    ['224 * 0.5', 112],
    ['(16)', 16],
    ['(16,)', [16]],
    ['()', []],
    ['(0.25, 0.7)', [0.25, 0.7]],
    [
      '[[0.25, 0.5**0.5], [1, 1],]',
      [
        [0.25, 0.5 ** 0.5],
        [1, 1],
      ],
    ],
  ])('%s is a value', (text, value) => {
    expect(pythonValue(text)).toEqual(value)
  })

  it.each([
    '',
    '-',
    '1 +',
    'slowfast',
    '1e',
    '(1',
    '[1)',
    '__import__("os")',
    '1; 2',
    '**',
    '0x10',
    '(('.repeat(400),
  ])('%j stays text', (text) => {
    expect(pythonValue(text)).toBe(text)
  })

  it('is one inside a list too', () => {
    expect(pythonValue([['(0.25, 0.5 ** 0.5)'], 'a'])).toEqual([[[0.25, 0.5 ** 0.5]], 'a'])
  })
})
