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
    /^67 normalisation layers take their statistics over groups of 8 clips \(8 of them, which grow with the short cycle\) in epochs 0-\d+/,
  )
  expect(words(8, 8)).toContain('over the whole batch in epochs ')
})

it('says what one device does where several are planned to share statistics', () => {
  expect(words(4, 8)).toContain(
    'over each batch by itself, since there is one device (sync over 2 is planned) in epochs ',
  )
})
