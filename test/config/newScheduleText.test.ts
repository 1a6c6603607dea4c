import { describe, expect, it } from 'vitest'
import { faultOfClips, faultOfLength, newScheduleText } from '../../src/config/newScheduleText'
import type { NewSchedule } from '../../src/config/newScheduleText'
import { parseConfig } from '../../src/config/parse'
import { scheduleProblems } from '../../src/editor/scheduleProblems'
import { makePlan } from '../../src/schedule/plan'

const goals = ['fast', 'balanced', 'careful', 'none'] as const
const data = { train: 'data/a "b"/train', val: 'data/val' }

/** Everything that is said against a schedule of these answers. */
function saidOf(answers: Omit<NewSchedule, 'data'>): string[] {
  const text = newScheduleText({ data, ...answers })
  const { config, problems } = parseConfig(text)
  const { frames, crop, epochs, batch, multigrid } = answers
  expect(config).toMatchObject({ data: { ...data, frames, crop }, train: { epochs, batch } })
  expect(makePlan(config!).phases.length > 4).toBe(multigrid !== 'none')
  const marked = scheduleProblems(text, { bySchema: false })
  return [...problems, ...marked].map(({ message }) => message)
}

describe.each(goals)('a new schedule, %s', (multigrid) => {
  it.each([
    [8, 112],
    [16, 112],
    [16, 224],
    [32, 224],
    [4, 32],
    [12, 99],
    [24, 160],
    [256, 1024],
  ])('of clips of %d × %d² has nothing to be said against', (frames, crop) => {
    expect(faultOfClips(frames, crop)).toBeUndefined()
    for (const [epochs, batch] of [
      [60, 8],
      [100, 16],
      [239, 64],
    ] as const)
      expect(saidOf({ frames, crop, epochs, batch, multigrid })).toEqual([])
  })

  it('of any length and batch that is taken has nothing to be said against', () => {
    for (let epochs = 1; epochs <= 66; epochs++) {
      if (!faultOfLength(epochs, 8))
        expect(saidOf({ frames: 16, crop: 112, epochs, batch: 8, multigrid }), `${epochs}`).toEqual([])
    }
    for (let batch = 1; batch <= 70; batch++) {
      if (!faultOfLength(100, batch))
        expect(saidOf({ frames: 16, crop: 112, epochs: 100, batch, multigrid }), `${batch}`).toEqual([])
    }
  })
})

it('takes what can be trained, and says of the rest why not', () => {
  expect(faultOfClips(10, 112)).toBe('frames: a multiple of 4, up to 256')
  expect(faultOfClips(16, 31)).toBe('pixels: 32 to 1024')
  expect(faultOfLength(8, 2)).toBeUndefined()
  expect(faultOfLength(7, 8)).toBe('epochs: 8 to 10000')
  expect(faultOfLength(60, 1)).toBe('batch: 2 to 4096')
  expect(faultOfLength(60, 12)).toBeUndefined()
  expect(faultOfLength(60, 13)).toMatch(/^batch: one that can be cut/)
})

it('scales the rate with the batch', () => {
  const rate = (batch: number) =>
    parseConfig(newScheduleText({ data, frames: 16, crop: 112, epochs: 60, batch, multigrid: 'fast' }))
      .config!.train.learningRate
  expect([rate(8), rate(64)]).toEqual([0.0125, 0.1])
})

it('leaves out a validation set that there is none of', () => {
  const text = newScheduleText({
    data: { train: 'list.csv', val: undefined },
    ...{ frames: 16, crop: 112, epochs: 60, batch: 8, multigrid: 'balanced' },
  })
  expect(text).not.toContain('"val"')
  expect(parseConfig(text).problems).toEqual([])
})
