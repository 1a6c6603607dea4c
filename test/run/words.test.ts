import { describe, expect, it } from 'vitest'
import { accuracyWords, duration, percent, rate, shapeWords } from '../../src/run/words'

describe('numbers in words', () => {
  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [3599, '1 h'],
    [11_520, '3 h 12 min'],
    [86_400, '1 d'],
    [86_399, '1 d'],
    [183_600, '2 d 3 h'],
    [-1, '–'],
    [NaN, '–'],
    [Infinity, '–'],
  ])('%s seconds are "%s"', (seconds, words) => {
    expect(duration(seconds)).toBe(words)
  })

  it('gives rates three figures at most', () => {
    expect([rate(0.5), rate(36.4), rate(223.4)]).toEqual(['0.5 clips/s', '36 clips/s', '223 clips/s'])
  })

  it('names what a network is judged by', () => {
    expect(accuracyWords({ top1: 0.613 })).toBe('top-1 61.3 %')
    expect(accuracyWords({ top1: 0.613, map: 0.4119 })).toBe('mAP 41.2 %')
  })

  it('writes a shape as the plan does', () => {
    expect(shapeWords({ batch: 512, frames: 8, size: 158 })).toBe('512 × 8 × 158²')
    expect(percent(0.4321)).toBe('43.2 %')
  })
})
