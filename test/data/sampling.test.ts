import { describe, expect, test } from 'vitest'
import { drawTrainSample, epochOrder, evaluationSample, evaluationViews } from '../../src/data/sampling'

const settings = { seed: 7, epoch: 3, stride: [2, 8], jitter: [128, 160], flip: true } as const
const many = Array.from({ length: 4000 }, (_, clip) => drawTrainSample({ ...settings, clip }))

describe('the order of an epoch', () => {
  test('holds every clip once', () => {
    expect([...epochOrder(1, 0, 193)].sort((a, b) => a - b)).toEqual(Array.from({ length: 193 }, (_, i) => i))
  })

  test('is the same for the same seed and epoch, another one for the next', () => {
    expect(epochOrder(1, 5, 50)).toEqual(epochOrder(1, 5, 50))
    expect(epochOrder(1, 5, 50)).not.toEqual(epochOrder(1, 6, 50))
    expect(epochOrder(1, 5, 50)).not.toEqual(epochOrder(2, 5, 50))
  })

  test('puts every clip at every place about equally often', () => {
    const first = [0, 0, 0, 0]
    for (let epoch = 0; epoch < 4000; epoch++) first[epochOrder(0, epoch, 4)[0]!]! += 1
    for (const times of first) expect(Math.abs(times - 1000)).toBeLessThan(120)
  })
})

describe('a training sample', () => {
  test('depends on seed, epoch and clip, and on nothing that was drawn before', () => {
    const alone = drawTrainSample({ ...settings, clip: 1234 })
    expect(alone).toEqual(many[1234])
    expect(alone).not.toEqual(drawTrainSample({ ...settings, epoch: 4, clip: 1234 }))
    expect(alone).not.toEqual(drawTrainSample({ ...settings, seed: 8, clip: 1234 }))
  })

  test('is what it always was: runs that were begun go on with their clips', () => {
    expect(many[1234]).toEqual({
      ...{ clip: 1234, stride: 8, start: 0.058091119630262256, shortSide: 156 },
      crop: { kind: 'at', x: 0.28804297070018947, y: 0.38587141828611493 },
      flip: true,
    })
  })

  test('takes every stride of the range equally often, ends included', () => {
    for (let stride = 2; stride <= 8; stride++) {
      const share = many.filter((sample) => sample.stride === stride).length / many.length
      expect(share, `stride ${stride}`).toBeGreaterThan(0.12)
      expect(share, `stride ${stride}`).toBeLessThan(0.17)
    }
    expect(many.every(({ stride }) => stride >= 2 && stride <= 8)).toBe(true)
  })

  test('scales to every side of the jitter range, ends included', () => {
    const sides = new Set(many.map((sample) => sample.shortSide))
    expect([Math.min(...sides), Math.max(...sides), sides.size]).toEqual([128, 160, 33])
  })

  test('is mirrored half the time, never where mirroring is off', () => {
    const mirrored = many.filter((sample) => sample.flip).length / many.length
    expect(Math.abs(mirrored - 0.5)).toBeLessThan(0.03)
    expect(many.some(({ clip }) => drawTrainSample({ ...settings, clip, flip: false }).flip)).toBe(false)
  })

  test('draws time and place independently', () => {
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const drawn = many.map(({ start, crop }) => ({
      start,
      ...(crop.kind === 'at' ? crop : { x: NaN, y: NaN }),
    }))
    const keys = ['start', 'x', 'y'] as const
    for (const a of keys) {
      expect(Math.abs(mean(drawn.map((s) => s[a])) - 0.5)).toBeLessThan(0.02)
      for (const b of keys.filter((key) => key !== a)) {
        const covariance = mean(drawn.map((s) => (s[a] - 0.5) * (s[b] - 0.5)))
        expect(Math.abs(covariance), `${a} with ${b}`).toBeLessThan(0.006)
      }
    }
  })
})

test('the evaluation sample is the middle, unmirrored', () => {
  expect(evaluationSample({ clip: 3, stride: 2, shortSide: 128 })).toEqual({
    clip: 3,
    stride: 2,
    shortSide: 128,
    start: 0.5,
    crop: { kind: 'along', place: 0.5 },
    flip: false,
  })
})

describe('the views of an evaluation', () => {
  const starts = (views: number) => evaluationViews({ views, crops: 1 }).map(({ start }) => start)

  test('are one in the middle, or from end to end of any length', () => {
    expect(evaluationViews({ views: 1, crops: 1 })).toEqual([{ start: 0.5, place: 0.5 }])
    for (const views of [2, 3, 10, 100]) {
      for (const places of [1, 2, 7, 1000, 2 ** 24 - 1]) {
        const firsts = starts(views).map((start) => Math.floor(start * places))
        expect([firsts[0], firsts.at(-1)]).toEqual([0, places - 1])
        expect(firsts).toEqual([...firsts].sort((a, b) => a - b))
      }
    }
    expect(starts(5).map((start) => Math.floor(start * 101))).toEqual([0, 25, 50, 75, 100])
  })

  test('have three squares each where they are asked for', () => {
    const views = evaluationViews({ views: 2, crops: 3 })
    expect(views.map(({ start }) => Math.round(start))).toEqual([0, 0, 0, 1, 1, 1])
    expect(views.map(({ place }) => Math.round(2 * place))).toEqual([0, 1, 2, 0, 1, 2])
  })
})
