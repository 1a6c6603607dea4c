import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as format from '../../webview/format'

test.each([
  [0, '0 s'],
  [45.4, '45 s'],
  [59.6, '1 min'],
  [12 * 60, '12 min'],
  [3599, '1 h'],
  [3 * 3600 + 12 * 60, '3 h 12 min'],
  [24 * 3600 - 1, '1 d'],
  [51 * 3600, '2 d 3 h'],
  [-5, '0 s'],
  [NaN, '–'],
  [Infinity, '–'],
])('%s seconds are %s', (seconds, words) => expect(format.duration(seconds)).toBe(words))

test.each([
  [0.0158, '0.0158'],
  [8, '8'],
  [0.00001, '1e-5'],
  [0.010000000000000002, '0.01'],
  [0, '0'],
])('a learning rate of %s is %s', (value, words) => expect(format.rate(value)).toBe(words))

test.each([
  [0.0004, '0.4 ms'],
  [0.347, '347 ms'],
  [0.9999, '1 s'],
  [1.2549, '1.25 s'],
  [125, '2 min'],
])('a step of %s seconds takes %s', (seconds, words) => expect(format.stepTime(seconds)).toBe(words))

test('a shape is clips × frames × size²', () => {
  expect(format.shape({ batch: 1024, frames: 8, size: 112 })).toBe('1,024 × 8 × 112²')
})

test('a loss that was not finite says so', () => {
  expect(format.loss(null)).toBe('not finite')
  expect(format.loss(1.23456)).toBe('1.235')
})

test('shares are cut to 0..100 %', () => {
  expect([format.percent(0.842), format.percent(1.2), format.percent(-1), format.percent(0.842, 1)]).toEqual([
    '84 %',
    '100 %',
    '0 %',
    '84.2 %',
  ])
})

test('memory changes its unit at a gibibyte', () => {
  expect([format.memory(512), format.memory(6246)]).toEqual(['512 MiB', '6.1 GiB'])
})

test('a date that cannot be read is left out', () => {
  expect(format.moment('yesterday')).toBe('')
  expect(format.clock(NaN)).toBe('–')
})

test('no number, however odd, shows as negative, NaN or undefined', () => {
  const odd = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0, -1e-9))
  const formats = [
    format.duration,
    format.stepTime,
    format.count,
    format.rate,
    format.percent,
    format.speed,
    format.times,
    format.epoch,
    format.memory,
  ]
  fc.assert(
    fc.property(odd, fc.constantFrom(...formats), (value, words) => {
      expect(words(value)).not.toMatch(/^-|NaN|Infinity|undefined/)
    }),
  )
})
