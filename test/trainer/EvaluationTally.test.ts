import { describe, expect, it } from 'vitest'
import { EvaluationTally } from '../../src/trainer/EvaluationTally'
import type { EvaluationResult } from '../../src/trainer/EvaluationTally'

const log = Math.log
const oneClass = { loss: 'cross-entropy', classes: 3, k: 2, views: 1 } as const
const several = { ...oneClass, loss: 'binary-cross-entropy' } as const

/** Logits of the probabilities. */
const softmaxOf = (...shares: number[]) => shares.map((share) => log(share) + 5)
const sigmoidOf = (...shares: number[]) => shares.map((share) => log(share / (1 - share)))

function tallied(
  options: ConstructorParameters<typeof EvaluationTally>[0],
  views: readonly (readonly [video: number, logits: readonly number[], labels: readonly number[]])[],
): EvaluationResult {
  const tally = new EvaluationTally(options)
  for (const [video, logits, labels] of views) tally.add(video, logits, labels)
  return tally.result()!
}

/** Binary cross-entropy, a mean over the classes. */
const binary = (shares: readonly number[], labels: readonly number[]): number =>
  shares.reduce((sum, share, label) => sum - log(labels.includes(label) ? share : 1 - share), 0) /
  shares.length

describe('a tally of one view and one class', () => {
  it('has mean cross-entropy, and the shares of videos whose class is first and among the first k', () => {
    const result = tallied(oneClass, [
      [0, softmaxOf(0.7, 0.2, 0.1), [0]],
      [1, softmaxOf(0.5, 0.3, 0.2), [1]],
      [2, softmaxOf(0.6, 0.3, 0.1), [2]],
      [3, softmaxOf(0.1, 0.1, 0.8), [2]],
    ])
    expect(result).toEqual({
      clips: 4,
      unreadable: 0,
      loss: expect.any(Number) as number,
      top1: 0.5,
      topK: 0.75,
    })
    expect(result.loss).toBeCloseTo(-(log(0.7) + log(0.3) + log(0.1) + log(0.8)) / 4, 12)
  })

  it('takes the loss and the rank of very wrong logits from themselves: nothing is cut off', () => {
    const { loss, topK } = tallied(oneClass, [[0, [2000, 0, -1000], [1]]])
    expect([loss, topK]).toEqual([2000, 1])
  })

  it('puts equal scores in the order of their classes, and what is no number never first', () => {
    const top1 = (logits: readonly number[], label: number) => tallied(oneClass, [[0, logits, [label]]]).top1
    expect([top1([1, 1, 0], 0), top1([1, 1, 0], 1), top1([NaN, NaN, NaN], 0)]).toEqual([1, 0, 0])
    expect(tallied(oneClass, [[0, [NaN, 1, 2], [2]]]).loss).toBeNaN()
  })
})

describe('a tally of several views', () => {
  it('averages the probabilities of a video, in whatever order its views come', () => {
    const views = [
      [7, softmaxOf(0.7, 0.2, 0.1), [1]],
      [9, softmaxOf(0.1, 0.1, 0.8), [2]],
      [9, softmaxOf(0.3, 0.3, 0.4), [2]],
      [7, softmaxOf(0.1, 0.8, 0.1), [1]],
    ] as const
    // Video 7: (0.4, 0.5, 0.1). Either view alone, or the mean of logits, would say otherwise.
    for (const order of [views, [...views].reverse()]) {
      const result = tallied({ ...oneClass, views: 2 }, order)
      expect(result).toMatchObject({ clips: 2, top1: 1, topK: 1 })
      expect(result.loss).toBeCloseTo(-(log(0.5) + log(0.6)) / 2, 12)
    }
  })

  it('judges a video by the views that could be read, counts one that could not, and none twice', () => {
    const tally = new EvaluationTally({ ...oneClass, views: 2 })
    expect(tally.result()).toBeUndefined()
    tally.add(0, softmaxOf(0.7, 0.2, 0.1), [0])
    tally.miss(0)
    for (let view = 0; view < 2; view++) tally.miss(1)
    expect(tally.videos).toBe(2)
    const result = tally.result()!
    expect(result).toMatchObject({ clips: 1, unreadable: 1, top1: 1 })
    expect(result.loss).toBeCloseTo(-log(0.7), 12)
  })

  it('has a loss of at most 100 where every view gives the class nothing', () => {
    const nothing = [0, [2000, 0, 0], [1]] as const
    expect(tallied({ ...oneClass, views: 2 }, [nothing, nothing]).loss).toBe(100)
    expect(
      tallied({ ...several, views: 2 }, [
        [0, [2000, 0, 0], []],
        [0, [2000, 0, 0], []],
      ]).loss,
    ).toBeCloseTo((100 + 2 * log(2)) / 3, 12)
  })
})

describe('a tally of several classes', () => {
  const videos = [
    [0, [0.9, 0.6, 0.2], [0, 1]],
    [1, [0.8, 0.1, 0.3], []],
    [2, [0.4, 0.7, 0.3], [0]],
  ] as const

  it('has binary cross-entropy, mAP over the classes with a video, and hits of any class', () => {
    const result = tallied(
      several,
      videos.map(([video, shares, labels]) => [video, sigmoidOf(...shares), labels] as const),
    )
    expect(result).toMatchObject({ clips: 3, top1: 1 / 3, topK: 2 / 3 })
    const losses = videos.map(([, shares, labels]) => binary(shares, labels))
    expect(result.loss).toBeCloseTo(losses.reduce((a, b) => a + b) / 3, 12)
    // Class 0: right at ranks 1 and 3; class 1: at rank 2; class 2 has no video.
    expect(result.map).toBeCloseTo(((1 + 2 / 3) / 2 + 1 / 2) / 2, 12)
  })

  it('averages the probabilities of several views before all else', () => {
    const result = tallied({ ...several, views: 2 }, [
      [0, sigmoidOf(0.9, 0.2, 0.5), [0]],
      [0, sigmoidOf(0.5, 0.6, 0.1), [0]],
    ])
    expect(result.loss).toBeCloseTo(binary([0.7, 0.4, 0.3], [0]), 12)
    expect(result.map).toBe(1)
  })

  it('has a finite loss of logits that are far off, and no mAP where no video is of a class', () => {
    const { loss, map } = tallied(several, [[0, [-800, 900, 0], []]])
    expect(loss).toBeCloseTo((900 + log(2)) / 3, 10)
    expect(map).toBeUndefined()
  })
})
