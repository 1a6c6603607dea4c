import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decimals,
  pan,
  rangeOf,
  showsAll,
  ticks,
  toEpoch,
  toPixel,
  zoom,
} from '../../../webview/timeline/scale'
import type { Range } from '../../../webview/timeline/scale'
import { readView } from '../../../webview/timeline/readView'

const limits = { epochs: 358, narrowest: 0.01 }
const range = fc
  .tuple(fc.double({ min: 0, max: 357, noNaN: true }), fc.double({ min: 0.02, max: 358, noNaN: true }))
  .map(([start, span]) => pan({ start, end: start + span }, 0, limits))

const inside = ({ start, end }: Range) => {
  expect(start).toBeGreaterThanOrEqual(0)
  expect(end).toBeLessThanOrEqual(limits.epochs + 1e-9)
  expect(end - start).toBeGreaterThanOrEqual(limits.narrowest * (1 - 1e-6))
}

test('a pixel and its epoch are the same place', () => {
  fc.assert(
    fc.property(range, fc.double({ min: 0, max: 300, noNaN: true }), (seen, pixel) => {
      expect(toPixel(seen, 300, toEpoch(seen, 300, pixel))).toBeCloseTo(pixel, 6)
    }),
  )
})

test('zooming in keeps the epoch under the cursor where it is', () => {
  fc.assert(
    fc.property(
      range,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0.5, max: 1, noNaN: true }),
      (seen, share, factor) => {
        const at = seen.start + share * (seen.end - seen.start)
        const closer = zoom(seen, at, factor, limits)
        expect(toPixel(closer, 1, at)).toBeCloseTo(share, 6)
      },
    ),
  )
})

test('no zoom or pan leaves the axis', () => {
  fc.assert(
    fc.property(
      range,
      fc.double({ min: 0, max: 358, noNaN: true }),
      fc.double({ min: 1e-4, max: 1e4, noNaN: true }),
      (seen, at, factor) => {
        inside(zoom(seen, at, factor, limits))
        inside(pan(seen, at - 179, limits))
      },
    ),
  )
})

test('zooming out far enough shows all', () => {
  expect(showsAll(zoom({ start: 100, end: 101 }, 100.5, 1e6, limits), limits)).toBe(true)
})

test('following keeps now in sight with room for what comes', () => {
  expect(rangeOf({ at: 'follow', span: 10 }, limits, 100)).toEqual({ start: 92, end: 102 })
  expect(rangeOf({ at: 'follow', span: 10 }, limits, 358)).toEqual({ start: 348, end: 358 })
})

describe('ticks', () => {
  test('are round and not closer than asked', () => {
    expect(ticks({ start: 0, end: 358 }, 200, 44)).toEqual([0, 100, 200, 300])
    expect(ticks({ start: 12.31, end: 12.38 }, 300, 44)).toEqual([12.32, 12.34, 12.36, 12.38])
  })

  test('come with the decimals that tell them apart', () => {
    expect(decimals({ start: 0, end: 358 }, 200)).toBe(0)
    expect(decimals({ start: 12.31, end: 12.38 }, 300)).toBe(4)
  })
})

test.each([
  [undefined, { at: 'fit' }],
  ['follow', { at: 'fit' }],
  [
    { at: 'follow', span: 12 },
    { at: 'follow', span: 12 },
  ],
  [{ at: 'follow', span: -1 }, { at: 'fit' }],
  [
    { at: 'free', range: { start: 1, end: 2 } },
    { at: 'free', range: { start: 1, end: 2 } },
  ],
  [{ at: 'free', range: { start: 2, end: 2 } }, { at: 'fit' }],
  [{ at: 'free', range: { start: NaN, end: 2 } }, { at: 'fit' }],
])('a page that had saved %j opens at %j', (saved, view) => expect(readView(saved)).toEqual(view))
