import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { averagePrecision, meanAveragePrecision } from '../../src/trainer/averagePrecision'

interface Reference {
  readonly scores: number[][]
  readonly labels: number[][]
  readonly each: number[]
  readonly mean: number
}

describe('average precision', () => {
  it('sums the precision at every rank where recall grows', () => {
    // Right at ranks 1, 3 and 4: (1/1 + 2/3 + 3/4) / 3.
    const right = [true, false, true, true, false]
    expect(averagePrecision([0.9, 0.8, 0.7, 0.6, 0.5], right)).toBeCloseTo((1 + 2 / 3 + 3 / 4) / 3, 12)
    expect(averagePrecision([0.5, 0.8, 0.7, 0.6, 0.9], right)).toBeCloseTo((1 / 3 + 2 / 4 + 3 / 5) / 3, 12)
  })

  it('takes equal scores as one threshold, in whatever order they come', () => {
    for (const right of [
      [true, false, false, true],
      [false, true, false, true],
    ]) {
      // Three at 0.5 with one right, then one at 0.1 with the other: (1/3 + 2/4) / 2.
      expect(averagePrecision([0.5, 0.5, 0.5, 0.1], right)).toBeCloseTo((1 / 3 + 2 / 4) / 2, 12)
    }
    expect(averagePrecision([0, 0, 0, 0], [true, false, false, false])).toBe(0.25)
  })

  it('is 1 for all right ones first, and none where nothing is right', () => {
    expect(averagePrecision([3, 2, 1], [true, true, false])).toBe(1)
    expect(averagePrecision([3, 2, 1], [false, false, false])).toBeUndefined()
  })

  it('ranks what is no number last', () => {
    expect(averagePrecision([NaN, 0.2, 0.1], [true, false, false])).toBeCloseTo(1 / 3, 12)
    expect(averagePrecision([NaN, NaN], [true, false])).toBe(0.5)
  })

  it('is that of scikit-learn, class by class and in the mean of those that have a clip', () => {
    const cases = JSON.parse(
      readFileSync('test/fixtures/averagePrecision.json', 'utf8'),
    ) as readonly Reference[]
    expect(cases.length).toBeGreaterThan(3)
    for (const { scores, labels, each, mean } of cases) {
      const classes = scores[0]!.length
      const own = Array.from({ length: classes }, (_, label) =>
        averagePrecision(
          scores.map((row) => row[label]!),
          labels.map((row) => row.includes(label)),
        ),
      ).filter((precision) => precision !== undefined)
      expect(own.length).toBe(each.length)
      own.forEach((precision, index) => expect(precision).toBeCloseTo(each[index]!, 10))
      const clips = scores.map((row, clip) => ({ scores: row, labels: labels[clip]! }))
      expect(meanAveragePrecision(clips, classes)).toBeCloseTo(mean, 10)
    }
  })

  it('has no mean where no clip is of any class', () => {
    expect(meanAveragePrecision([{ scores: [0.3, 0.2], labels: [] }], 2)).toBeUndefined()
  })
})
