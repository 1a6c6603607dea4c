import { expect, it } from 'vitest'
import { planRates, ratePoints } from '../../src/protocol/wirePlan'
import { epochRows, makePlan } from '../../src/schedule/plan'
import { kinetics } from '../schedule/kinetics'

it.each([239, 240, 333, 1000, 2345])('the points of a plan of %d epochs are those of its rows', (epochs) => {
  const settings = kinetics({ train: { epochs } })
  const plan = makePlan(settings)
  expect(planRates(settings, plan)).toEqual(ratePoints(epochRows(settings, plan)))
})
