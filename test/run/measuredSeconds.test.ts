import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parse'
import type { EventPayload, RunEvent } from '../../src/protocol/events'
import { wirePlanOf } from '../../src/protocol/wirePlan'
import { measuredSeconds } from '../../src/run/measuredSeconds'
import { makePlan } from '../../src/schedule/plan'
import { pixels } from '../../src/schedule/work'

const { config } = parseConfig('{ "data": { "train": "clips" }, "train": { "batch": 4, "epochs": 40 } }')
const plan = makePlan(config!)
const full = { batch: 4, frames: 16, size: 112, jitter: [128, 160] as const }

async function* record(...payloads: EventPayload[]): AsyncGenerator<RunEvent> {
  let seq = 0
  for (const payload of payloads) yield await Promise.resolve({ ...payload, seq: ++seq, time: 0 })
}

const run = { type: 'run', clips: { train: 500, val: 0 } } as EventPayload
const planned: EventPayload = {
  type: 'plan',
  plan: wirePlanOf(plan),
  iterations: 10,
  rates: [],
  changes: [],
  forecast: {
    secondsLeft: 1,
    phaseSeconds: [],
    secondsPerStep: plan.phases.map(({ shapes }) => shapes.map((shape) => pixels(shape) * 1e-6)),
  },
}
const step = (seconds: number): EventPayload =>
  ({
    type: 'step',
    shape: { batch: 4, frames: 16, size: 112, stride: 2 },
    seconds: { data: 0.25 * seconds, compute: 0.75 * seconds },
  }) as EventPayload

it('knows nothing of a run that has timed nothing', async () => {
  expect(await measuredSeconds(record(), pixels)).toBeUndefined()
  expect(await measuredSeconds(record(run), pixels)).toBeUndefined()
})

it('takes what was timed before the run, and other shapes in proportion to their work', async () => {
  const { seconds, clips } = (await measuredSeconds(record(run, planned), pixels))!
  expect(clips).toBe(500)
  expect(seconds(full)).toBeCloseTo(pixels(full) * 1e-6, 12)
  const other = { ...full, batch: 3, frames: 7 }
  expect(seconds(other)).toBeCloseTo(pixels(other) * 1e-6, 12)
})

it('believes the steps before the forecast, and their median before a hiccup', async () => {
  const { seconds } = (await measuredSeconds(record(run, planned, step(2), step(90), step(2.5)), pixels))!
  expect(seconds(full)).toBe(2.5)
})
