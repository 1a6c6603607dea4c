import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventOf, EventPayload, RunEvent } from '../../src/protocol/events'
import type { Curve } from '../../src/protocol/view'
import { RunHistory } from '../../src/run/RunHistory'
import { Series } from '../../src/run/Series'

let seq = 0
const event = (payload: EventPayload): RunEvent => ({ seq: ++seq, time: 1000 * seq, ...payload })

const step = (iteration: number, change: Partial<EventOf<'step'>> = {}): EventOf<'step'> => ({
  type: 'step',
  iteration,
  epoch: iteration / 10,
  phase: 0,
  shape: { batch: 8, frames: 4, size: 32, stride: 2 },
  lr: 0.1,
  loss: 1,
  top1: 0.5,
  clips: 8,
  seconds: { data: 0.1, compute: 0.3 },
  progress: iteration / 100,
  secondsLeft: 100 - iteration,
  ...change,
})

const plan: EventPayload = {
  type: 'plan',
  plan: {
    epochs: 10,
    phases: [
      {
        lrStage: 0,
        startEpoch: 0,
        endEpoch: 10,
        fineTune: false,
        shapes: [{ batch: 8, frames: 4, size: 32, jitter: [36, 46] }],
        stride: [2, 8],
        norm: { kind: 'plain' },
      },
    ],
  },
  iterations: 100,
  rates: [[0, 0.1]],
  changes: [],
}

function history(): RunHistory {
  seq = 0
  const one = new RunHistory('id', 'name')
  one.push(event(plan))
  return one
}

describe('the history of a run', () => {
  it('has an mAP of an evaluation that has one', () => {
    const one = history()
    const said = { type: 'evaluation', clips: 8, loss: 1, top1: 0.5, top5: 1, k: 5, seconds: 1 } as const
    one.push(event({ ...said, iteration: 10, epoch: 1 }))
    one.push(event({ ...said, iteration: 20, epoch: 2, map: 0.4 }))
    const common = { loss: 1, top1: 0.5, top5: 1, k: 5 }
    expect(one.view().evaluations).toEqual([
      { ...common, iteration: 10, epoch: 1 },
      { ...common, iteration: 20, epoch: 2, map: 0.4 },
    ])
  })

  it('says what trains now, how fast, and how much of that is waiting for data', () => {
    const one = history()
    one.push(event(step(1)))
    expect(one.view().now).toMatchObject({
      iteration: 1,
      clipsPerSecond: 20,
      inputShare: 0.25,
      secondsLeft: 99,
    })
  })

  it('takes an event that is replayed only once', () => {
    const one = history()
    const first = event(step(1))
    one.push(first)
    one.push(first)
    expect(one.view().curves.loss.epoch).toEqual([0.1])
    expect(one.view().shapes[0]?.steps).toBe(1)
  })

  it('marks a stretch whose shape is not the planned one', () => {
    const one = history()
    one.push(event(step(1)))
    one.push(event(step(2, { shape: { batch: 8, frames: 4, size: 48, stride: 2 } })))
    expect(one.view().spans.map(({ mismatch }) => mismatch)).toEqual([false, true])
  })

  it('forgets steps that a killed trainer had done after its last checkpoint', () => {
    const one = history()
    for (let i = 1; i <= 9; i++) one.push(event(step(i)))
    one.push(
      event({
        type: 'run',
        id: 'id',
        name: 'name',
        model: '',
        parameters: 1,
        flopsPerClip: [],
        classes: [],
        clips: { train: 1, val: 1 },
        backend: '',
        device: '',
        reason: '',
        versions: {},
        iteration: 5,
        epoch: 0.5,
      }),
    )
    for (let i = 5; i <= 6; i++) one.push(event(step(i)))
    expect(one.view().curves.loss.epoch).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    expect(one.view().marks.at(-1)?.text).toBe('Resumed at iteration 5')
  })

  it('keeps a loss that is not a number out of the curve, and shows it', () => {
    const one = history()
    one.push(event(step(1, { loss: null })))
    expect(one.view().curves.loss.epoch).toEqual([])
    expect(one.view().now?.loss).toBeNull()
  })

  it('tells in updates just what a reader of the whole would see', () => {
    const one = history()
    const seen: Record<string, Curve> = { ...one.view().curves }
    one.takeUpdate()
    for (let i = 0; i < 9001; i++) {
      one.push(event(step(i, { loss: Math.sin(i) })))
      if (i % 37 !== 0 && i !== 9000) continue
      for (const [name, update] of Object.entries(one.takeUpdate().curves))
        seen[name] = spliced(seen[name]!, update)
    }
    expect(seen).toEqual(one.view().curves)
  })
})

function spliced(curve: Curve, { from, points }: { from: number; points: Curve }): Curve {
  const join = (key: keyof Curve): number[] => [...curve[key].slice(0, from), ...points[key]]
  return { epoch: join('epoch'), mean: join('mean'), min: join('min'), max: join('max') }
}

describe('a bounded series', () => {
  it('keeps within its capacity, spans everything, and loses no extreme', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, min: -1000, max: 1000 }), { minLength: 1, maxLength: 2000 }),
        (values) => {
          const series = new Series(64)
          values.forEach((value, i) => series.push(i, value))
          const curve = series.curve()
          expect(curve.epoch.length).toBeLessThanOrEqual(64)
          expect(curve.epoch[0]).toBe(0)
          expect(Math.max(...curve.max)).toBe(Math.max(...values))
          expect(Math.min(...curve.min)).toBe(Math.min(...values))
          expect([...curve.epoch].sort((a, b) => a - b)).toEqual(curve.epoch)
        },
      ),
    )
  })

  it('shows one spike in a million steps', () => {
    const series = new Series()
    for (let i = 0; i < 1_000_000; i++) series.push(i, i === 654_321 ? 99 : 1)
    const { max, mean } = series.curve()
    expect(max.filter((value) => value === 99)).toHaveLength(1)
    expect(Math.max(...mean)).toBeLessThan(2)
  })
})
