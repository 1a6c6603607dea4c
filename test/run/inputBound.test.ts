import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventPayload, RunEvent } from '../../src/protocol/events'
import type { InputStretch } from '../../src/protocol/view'
import { DataWaits } from '../../src/run/DataWaits'
import { RunHistory } from '../../src/run/RunHistory'

/** Steps of 0.1 epochs that compute for a second each; `data` is what each waits before. */
function waits(data: readonly number[]): DataWaits {
  const one = new DataWaits()
  data.forEach((seconds, i) => one.push(i / 10, { data: seconds, compute: 1 }))
  return one
}

const times = (count: number, seconds: number): number[] => Array.from({ length: count }, () => seconds)

const rounded = (stretches: readonly InputStretch[]) =>
  stretches.map(({ start, end, share }) => [
    Number(start.toFixed(1)),
    Number(end.toFixed(1)),
    Number(share.toFixed(2)),
  ])

describe('where training is input-bound', () => {
  it('is a stretch with the share of its time that was waiting', () => {
    const [stretch, ...more] = waits([...times(100, 0), ...times(100, 1), ...times(100, 0)]).stretches()
    expect(more).toEqual([])
    expect(Math.abs(stretch!.start - 10)).toBeLessThan(1.3)
    expect(Math.abs(stretch!.end - 20)).toBeLessThan(1.3)
    expect(stretch!.share).toBeGreaterThan(0.4)
    expect(stretch!.share).toBeLessThanOrEqual(0.5)
  })

  it('is nowhere in a run that waits a fifth of its time', () => {
    expect(waits(times(300, 0.25)).stretches()).toEqual([])
  })

  it('is everywhere in one that waits more, in one stretch', () => {
    expect(rounded(waits(times(300, 0.3)).stretches())).toEqual([[0, 29.9, 0.23]])
  })

  it('does not come and go at the limit: it begins above a fifth, and ends below 15 %', () => {
    const around = Array.from({ length: 400 }, (_, i) => (Math.floor(i / 40) % 2 === 0 ? 0.3 : 0.22))
    expect(rounded(waits(around).stretches())).toEqual([[0, 39.9, 0.21]])
  })

  it.each([20, 50, 200])('is not the one slow step that begins each epoch of %i steps', (steps) => {
    const epoch = [8, ...times(steps - 1, 0)]
    const data = Array.from({ length: 20 }, () => epoch).flat()
    const one = new DataWaits()
    for (const [i, seconds] of data.entries()) {
      one.push(i / steps, { data: seconds, compute: 1 })
      if (steps >= 50) expect(one.now.inputBound).toBe(false)
    }
    // A wait in each twenty steps is no exception any more: it takes a quarter of the time, from the second on.
    expect(one.stretches().length).toBe(steps >= 50 ? 0 : 1)
  })

  it('is told from four steps on: 0.95 s a step with 0.80 s of waiting is 84 %', () => {
    const one = new DataWaits()
    const seen = times(4, 0).map((_, i) => {
      one.push(i / 10, { data: 0.8, compute: 0.15 })
      return one.now
    })
    expect(seen.map(({ inputBound }) => inputBound)).toEqual([false, false, false, true])
    expect(Math.round(100 * one.now.share)).toBe(84)
    expect(rounded(one.stretches())).toEqual([[0, 0.3, 0.84]])
  })

  it('is bounded in number whatever the run, in order and apart', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0, max: 2, noNaN: true })), {
          maxLength: 40,
        }),
        (parts) => {
          const stretches = waits(parts.flatMap(([count, seconds]) => times(count, seconds))).stretches()
          expect(stretches.length).toBeLessThanOrEqual(256)
          stretches.forEach(({ start, end, share }, i) => {
            expect(end).toBeGreaterThanOrEqual(start)
            expect(share).toBeLessThanOrEqual(1)
            if (i > 0) expect(start).toBeGreaterThan(stretches[i - 1]!.end)
          })
        },
      ),
      { numRuns: 50 },
    )
  })
})

let seq = 0
const event = (payload: EventPayload): RunEvent => ({ seq: ++seq, time: seq, ...payload })

const step = (iteration: number, data: number): EventPayload => ({
  type: 'step',
  iteration,
  epoch: iteration / 10,
  phase: 0,
  shape: { batch: 8, frames: 4, size: 32, stride: 2 },
  lr: 0.1,
  loss: 1,
  top1: 0.5,
  clips: 8,
  seconds: { data, compute: 1 },
  progress: 0,
  secondsLeft: 0,
})

const started = (iteration: number): EventPayload => ({
  type: 'run',
  id: 'id',
  name: 'name',
  model: '',
  parameters: 0,
  flopsPerClip: [],
  classes: [],
  clips: { train: 80, val: 0 },
  backend: '',
  device: '',
  reason: '',
  versions: {},
  iteration,
  epoch: iteration / 10,
})

describe('the history of a run', () => {
  function history(events: readonly EventPayload[]): { one: RunHistory; events: RunEvent[] } {
    seq = 0
    const one = new RunHistory('id', 'name')
    const stamped = events.map(event)
    for (const each of stamped) one.push(each)
    return { one, events: stamped }
  }

  const slowThenFast = [
    started(0),
    ...times(40, 2).map((data, i) => step(i, data)),
    ...times(60, 0).map((data, i) => step(40 + i, data)),
  ]

  it('tells the same of a run that is replayed, in parts or whole', () => {
    const { one, events } = history(slowThenFast)
    const again = new RunHistory('id', 'name')
    const told: (readonly InputStretch[])[] = []
    for (const each of [...events.slice(0, 50), ...events]) {
      again.push(each)
      const { inputBound } = again.takeUpdate().run
      if (inputBound) told.push(inputBound)
    }
    expect(one.view().inputBound).toHaveLength(1)
    expect(told.at(-1)).toEqual(one.view().inputBound)
  })

  it('tells a stretch again only when it has changed', () => {
    const { one } = history(slowThenFast)
    expect(one.takeUpdate().run.inputBound).toHaveLength(1)
    one.push(event(step(100, 0)))
    expect(Object.keys(one.takeUpdate().run)).not.toContain('inputBound')
  })

  it('forgets what a resumed run trains again', () => {
    const { one } = history([...slowThenFast, started(20)])
    expect(one.view().inputBound).toMatchObject([{ start: 0, end: 2 }])
    expect(one.takeUpdate().run.inputBound).toMatchObject([{ start: 0, end: 2 }])
  })

  it('counts apart what a process waits in its first epoch and since', () => {
    const { one } = history(slowThenFast)
    expect(one.processWaits.cold).toMatchObject({ steps: 10, waited: 20, took: 30 })
    expect(one.processWaits.warm).toMatchObject({ steps: 90, waited: 60, took: 150 })
    const resumed = history([...slowThenFast, started(100), step(100, 3)]).one.processWaits
    expect(resumed.cold).toMatchObject({ steps: 1, waited: 3 })
    expect(resumed.warm.steps).toBe(0)
  })

  it('does not take the idle threads of a pause for those of training', () => {
    const gauges = (busy: number): EventPayload => ({
      type: 'device',
      cpuUtilisation: 0,
      rssMiB: 0,
      input: {
        workers: 4,
        cores: 8,
        busy,
        decoded: 10,
        fromMemory: 0,
        fromDisk: 0,
        memoryMiB: 1,
        memoryLimitMiB: 1,
      },
    })
    const { one } = history([started(0), step(0, 1), gauges(4), gauges(0), gauges(0)])
    expect(one.processWaits.busy).toBe(4)
  })
})
