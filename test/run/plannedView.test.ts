import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parse'
import { stepWork } from '../../src/config/stepWork'
import { keepingPlan, plannedView } from '../../src/run/plannedView'
import { learningRate } from '../../src/schedule/learningRate'
import { makePlan } from '../../src/schedule/plan'
import { withoutMultigrid } from '../../src/schedule/withoutMultigrid'
import { planWork } from '../../src/schedule/work'

const text = '{ "data": { "train": "clips", "frames": 8 }, "train": { "batch": 4, "epochs": 40 } } // mine'

it('draws the plan of a schedule that nobody has started', () => {
  const { config } = parseConfig(text)
  const plan = makePlan(config!)
  const view = plannedView('/videos/mine.multigrid.json', text)
  expect(view).toMatchObject({ id: '', name: 'mine', spans: [], marks: [] })
  expect(view.now).toBeUndefined()
  expect(view.plan).toEqual(plan)
  expect(view.rates[0]).toEqual([0, learningRate(config!, plan, 0)])
  expect(view.rates.at(-1)![0]).toBe(plan.epochs - 0.25)
})

const file = '/videos/mine.multigrid.json'
const plain = text.replace(
  '"train": {',
  '"multigrid": { "longCycle": false, "shortCycle": false }, "train": {',
)

it('knows how much less work it is, by multiply-adds', () => {
  const { config } = parseConfig(text)
  const cost = stepWork(config!)
  const saved = planWork(makePlan(withoutMultigrid(config!)), cost) / planWork(makePlan(config!), cost)
  expect(saved).toBeGreaterThan(2)
  expect(plannedView(file, text)).toMatchObject({ workSaved: saved, iterations: 0, reason: '' })
  expect(plannedView(file, text).forecast).toBeUndefined()
  expect(plannedView(file, plain).workSaved).toBeUndefined()
})

it('knows its iterations where the clips are known, and its time where a step was timed', () => {
  expect(plannedView(file, plain, () => ({ clips: 80 }))).toMatchObject({ iterations: (40 * 80) / 4 })
  expect(plannedView(file, plain, () => ({ seconds: () => 0.5 })).forecast).toBeUndefined()
  const known = () => ({ clips: 80, seconds: () => 0.5 })
  const without = plannedView(file, plain, known)
  expect(without.forecast).toMatchObject({ secondsLeft: without.iterations / 2 })
  expect(without.forecast!.speedUp).toBeUndefined()
  const view = plannedView(file, text, known)
  expect(view.forecast!.speedUp).toBeCloseTo(without.iterations / view.iterations, 6)
})

it('keeps the last plan while the text is faulty, and says the fault', () => {
  const good = plannedView(file, text, () => ({ clips: 80 }))
  const faulty = plannedView(file, text.slice(0, -30))
  expect(faulty.plan).toBeUndefined()
  const kept = keepingPlan(faulty, good)
  expect(kept).toMatchObject({ plan: good.plan, iterations: good.iterations, reason: faulty.reason })
  expect(keepingPlan(faulty, undefined)).toBe(faulty)
  const mended = plannedView(file, plain)
  expect(keepingPlan(mended, kept)).toBe(mended)
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
