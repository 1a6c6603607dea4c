import { expect, it } from 'vitest'
import { decodeConfig } from '../../src/config/parse'
import { makePlan } from '../../src/schedule/plan'
import { normalisationWords } from '../../src/trainer/normalisationWords'

const words = (batch: number, bnBase: number): string => {
  const config = decodeConfig({
    data: { train: 'none', frames: 16, crop: 112 },
    train: { batch, epochs: 20, steps: [0, 10, 15] },
    multigrid: { bnBase, epochFactor: 1 },
  })
  return normalisationWords(makePlan(config), 67)
}

it('says over which clips statistics are taken, and how many layers do', () => {
  expect(words(8, 8)).toMatch(
    /^67 normalisation layers, over groups of 8 clips that grow with the short cycle in epochs 0-\d+/,
  )
  expect(words(8, 8)).toMatch(/; the whole batch in epochs \d+-\d+/)
})

it('says the groups that are made where the planned ones do not divide a batch', () => {
  const { phases, epochs } = makePlan(
    decodeConfig({
      data: { train: 'none' },
      model: { norm: { kind: 'split', splits: 4 } },
      train: { batch: 6, epochs: 5, steps: [0] },
      multigrid: { longCycle: false, shortCycle: false },
    }),
  )
  expect(normalisationWords({ phases, epochs }, 10)).toBe(
    '10 normalisation layers, over groups of 2 clips in epochs 0-5',
  )
})

it('says what one device does where several are planned to share statistics', () => {
  expect(words(4, 8)).toContain(
    'each batch by itself, since there is one device for the 2 of the plan, in epochs ',
  )
})
