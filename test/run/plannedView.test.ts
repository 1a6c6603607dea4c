import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parse'
import { plannedView } from '../../src/run/plannedView'
import { learningRate } from '../../src/schedule/learningRate'
import { makePlan } from '../../src/schedule/plan'

const text = '{ "data": { "train": "clips", "frames": 8 }, "train": { "batch": 4, "epochs": 40 } } // mine'

it('draws the plan of a schedule that nobody has started', () => {
  const { config } = parseConfig(text)
  const plan = makePlan(config!)
  const view = plannedView('/videos/mine.multigrid.json', text)
  expect(view).toMatchObject({ id: '', name: 'mine', reason: '', spans: [], marks: [] })
  expect(view.now).toBeUndefined()
  expect(view.plan).toEqual(plan)
  expect(view.rates[0]).toEqual([0, learningRate(config!, plan, 0)])
  expect(view.rates.at(-1)![0]).toBe(plan.epochs - 0.25)
})

it('says what is wrong with one that cannot be planned, and where', () => {
  const view = plannedView('/videos/mine.multigrid.json', text.replace('"epochs": 40', '"epochs": -1'))
  expect(view).toMatchObject({ id: '', name: 'mine.multigrid.json' })
  expect(view.plan).toBeUndefined()
  expect(view.reason).toMatch(/^Line 1: train\.epochs must be a whole number/)
})

it('survives a file that is no schedule at all', () => {
  expect(plannedView('/videos/mine.multigrid.json', '').reason).toMatch(/^Line 1: a value is expected/)
  expect(plannedView('/videos/mine.multigrid.json', '{"a": [').reason).toMatch(/^Line 1: .*\(and \d+ more\)$/)
})
