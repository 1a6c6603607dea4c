import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keepingFor, keepsOf } from '../../src/data/keeping'

describe('which clips are kept', () => {
  test('is all of them where they fit, none where there is no room', () => {
    expect(keepingFor({ bytes: 100, memoryBytes: 100, diskBytes: 0 })).toEqual({ memory: 1, disk: 0 })
    expect(keepsOf(7, { memory: 1, disk: 0 })).toEqual({ memory: true, disk: false })
  })

  test('is as many as fit, evenly spread, and the disk takes first what memory does not', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (memory, disk) => {
          const clips = Array.from({ length: 1000 }, (_, clip) => keepsOf(clip, { memory, disk }))
          const share = (of: (keeps: (typeof clips)[0]) => boolean) => clips.filter(of).length / 1000
          expect(share((keeps) => keeps.memory)).toBeCloseTo(memory, 1.9)
          expect(share((keeps) => keeps.disk)).toBeCloseTo(disk, 1.9)
          expect(share((keeps) => keeps.memory || keeps.disk)).toBeCloseTo(Math.min(1, memory + disk), 1.9)
        },
      ),
    )
  })

  test('leaves a little free where not all fit', () => {
    const { memory } = keepingFor({ bytes: 1000, memoryBytes: 500, diskBytes: 0 })
    expect(memory).toBeGreaterThan(0.4)
    expect(memory).toBeLessThan(0.5)
  })
})
