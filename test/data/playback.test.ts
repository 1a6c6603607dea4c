import { describe, expect, test } from 'vitest'
import { frameTimes, meanRate, shownAt, ticksOf } from '../../src/data/playback'
import type { FrameTimes } from '../../src/data/playback'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

const shownFrames = (times: FrameTimes, rate: number) =>
  upTo(ticksOf(times, rate)).map((tick) => shownAt(times, tick, rate))

describe('the frame that is shown', () => {
  test.each([24, 25, 30000 / 1001, 60])('is each one once at a constant %d frames a second', (rate) => {
    const times = frameTimes(upTo(100).map((frame) => 1.4 + frame / rate))
    expect(meanRate(times)).toBeCloseTo(rate, 9)
    expect([...shownFrames(times, meanRate(times))]).toEqual(upTo(100))
  })

  test('is each one once where times are rounded to milliseconds', () => {
    const times = frameTimes(upTo(300).map((frame) => Math.round((1000 * frame) / 30) / 1000))
    expect([...shownFrames(times, meanRate(times))]).toEqual(upTo(300))
  })

  test('is the last that came before, where frames come unevenly', () => {
    const times = frameTimes([0, 0.04, 0.5, 0.52, 0.54, 1])
    const shown = shownFrames(times, 10)
    // In the middle of each tenth of a second.
    expect([...shown.slice(0, 10)]).toEqual([1, 1, 1, 1, 1, 4, 4, 4, 4, 4])
    expect(shown.at(-1)).toBe(5)
  })

  test('follows a clock of another rate: 30 ticks a second show a film of 24 frames with repeats', () => {
    const shown = shownFrames(frameTimes(upTo(48).map((frame) => frame / 24)), 30)
    expect(shown.length).toBe(60)
    expect([...shown]).toEqual(upTo(60).map((tick) => Math.floor(((tick + 0.5) * 24) / 30)))
  })

  test.each([
    ['six digits', 1e6],
    ['milliseconds', 1e3],
  ])('is every second of 60 frames by a clock of 30, where times are rounded to %s', (_, digits) => {
    const times = frameTimes(upTo(600).map((frame) => Math.round((digits * frame) / 60) / digits))
    expect(shownFrames(times, 30)).toEqual(upTo(300).map((tick) => 2 * tick + 1))
  })

  test('is found without counting through a gap of years', () => {
    const times = frameTimes([...upTo(10).map((frame) => frame / 25), 1e9])
    expect(ticksOf(times, 60)).toBe(2 ** 31 - 1)
    expect([shownAt(times, 23, 60), shownAt(times, 2 ** 31 - 2, 60)]).toEqual([9, 9])
  })

  test('is the one of a single frame', () => {
    expect([...shownFrames(frameTimes([7]), 25)]).toEqual([0])
  })
})

describe('times of frames', () => {
  test('never go back: a frame that comes late is shown when it comes', () => {
    expect([...frameTimes([0, 0.2, 0.1, 0.3])]).toEqual([0, 0.2, 0.2, 0.3])
  })

  test('are even where the file says none', () => {
    expect([...frameTimes([NaN, NaN, NaN])]).toEqual([0, 1 / 25, 2 / 25])
  })
})
