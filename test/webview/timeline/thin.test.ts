import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Curve } from '../../../src/protocol/view'
import { bucketAt, thin } from '../../../webview/timeline/thin'

const line = (length: number, value: (index: number) => number = (index) => index): Curve => {
  const values = Array.from({ length }, (_, index) => value(index))
  return { epoch: values.map((_, index) => index), mean: values, min: values, max: values }
}

test('there are never more points than pixels, give or take the edges', () => {
  fc.assert(
    fc.property(
      fc.nat(20_000),
      fc.integer({ min: 10, max: 1000 }),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      (length, width, share) => {
        const { epoch } = thin(line(length), { start: share * length, end: Math.max(1, length) }, width)
        expect(epoch.length).toBeLessThanOrEqual(width + 1)
      },
    ),
  )
})

test('one spike in a hundred thousand points is there at every zoom', () => {
  const spike = line(100_000, (index) => (index === 54_321 ? 99 : 1))
  for (const span of [100_000, 10_000, 1000, 100]) {
    const { max } = thin(spike, { start: 54_321 - span / 2, end: 54_321 + span / 2 }, 300)
    expect(Math.max(...max.map(Number))).toBe(99)
  }
})

test('merged points keep their extremes and average their means', () => {
  expect(thin(line(8), { start: 0, end: 7 }, 5)).toEqual({
    epoch: [0, 2, 4, 6],
    mean: [0.5, 2.5, 4.5, 6.5],
    min: [0, 2, 4, 6],
    max: [1, 3, 5, 7],
  })
})

test('panning by less than a group does not regroup', () => {
  const seen = (start: number) => thin(line(10_000), { start, end: start + 5000 }, 100).epoch
  expect(seen(1003).slice(1, 50)).toEqual(seen(1000).slice(1, 50))
})

test('a bucket without a finite number is a gap', () => {
  expect(
    thin(
      line(3, (index) => (index === 1 ? NaN : index)),
      { start: 0, end: 2 },
      100,
    ).mean,
  ).toEqual([0, null, 2])
})

test('an empty curve stays empty', () => {
  expect(thin(line(0), { start: 0, end: 1 }, 100).epoch).toEqual([])
})

test('the bucket of an epoch is the last that begins at or before it', () => {
  expect([-1, 0, 0.5, 1, 99].map((epoch) => bucketAt([0, 1, 2], epoch))).toEqual([-1, 0, 0, 1, 2])
})
