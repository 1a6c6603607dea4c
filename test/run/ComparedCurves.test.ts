import { describe, expect, it } from 'vitest'
import type { EventOf, EventPayload } from '../../src/protocol/events'
import { ComparedCurves } from '../../src/run/ComparedCurves'

const step = (iteration: number, change: Partial<EventOf<'step'>> = {}): EventOf<'step'> => ({
  type: 'step',
  iteration,
  epoch: iteration / 4,
  phase: 0,
  shape: { batch: 8, frames: 4, size: 32, stride: 2 },
  lr: 0.1,
  loss: 1,
  top1: 0.5,
  clips: 8,
  seconds: { data: 0.5, compute: 1.5 },
  progress: 0,
  secondsLeft: 1,
  ...change,
})

const begun = (iteration: number): EventPayload => ({
  type: 'run',
  id: 'r',
  name: 'r',
  model: 'm',
  parameters: 1,
  flopsPerClip: [],
  classes: [],
  clips: { train: 1, val: 1 },
  backend: 'wasm',
  device: 'CPU',
  reason: '',
  versions: {},
  iteration,
  epoch: iteration / 4,
})

function curvesOf(events: readonly (EventPayload & { time?: number })[]): ComparedCurves {
  const curves = new ComparedCurves()
  events.forEach((event, index) => curves.push({ time: index, ...event, seq: index + 1 }))
  return curves
}

describe('the curves of a run that is compared', () => {
  it('lie over epochs, iterations, and the time that was trained: a pause of an hour is not in it', () => {
    const hour = 3_600_000
    const curves = curvesOf([
      begun(0),
      step(0, { loss: 3 }),
      step(1, { loss: 2 }),
      { type: 'state', state: 'held', reason: '', time: 1000 },
      { type: 'state', state: 'running', reason: '', time: 1000 + hour },
      step(2, { loss: 1, time: 3000 + hour } as Partial<EventOf<'step'>>),
      {
        type: 'evaluation',
        iteration: 3,
        epoch: 0.75,
        clips: 1,
        loss: 2,
        top1: 0.4,
        top5: 1,
        k: 5,
        seconds: 10,
      },
      step(3, { loss: 0.5 }),
    ])
    const { loss } = curves.curves()
    expect(loss.iteration).toEqual([0, 1, 2, 3])
    expect(loss.epoch).toEqual([0, 0.25, 0.5, 0.75])
    expect(loss.seconds).toEqual([2, 4, 6, 18])
    expect(loss.mean).toEqual([3, 2, 1, 0.5])
    expect(curves.facts).toMatchObject({
      seconds: 18,
      iteration: 4,
      engine: 'wasm (CPU)',
      best: { top1: 0.4 },
    })
    expect(curves.facts.evaluations).toMatchObject([{ iteration: 3, epoch: 0.75, seconds: 16 }])
  })

  it('forget what was lost to a kill, but not the time that it took', () => {
    const curves = curvesOf([
      begun(0),
      ...[0, 1, 2, 3].map((iteration) => step(iteration, { loss: 9 })),
      begun(2),
      step(2, { loss: 4 }),
    ])
    const { loss } = curves.curves()
    expect(loss.iteration).toEqual([0, 1, 2])
    expect(loss.mean).toEqual([9, 9, 4])
    expect(loss.seconds).toEqual([2, 4, 10])
    expect(curves.facts.iteration).toBe(3)
  })

  it('stay small over a million steps, keep a spike, and know where and when every bucket was', () => {
    const curves = new ComparedCurves()
    const steps = 1_000_000
    for (let iteration = 0; iteration < steps; iteration++) {
      // Epochs grow longer, as they do when batches shrink.
      const epoch = Math.sqrt(iteration)
      const loss = iteration === 654_321 ? 99 : iteration % 7 === 0 ? null : 1
      curves.push({ seq: iteration + 1, time: 0, ...step(iteration, { loss, epoch }) })
    }
    const all = curves.curves()
    for (const curve of Object.values(all)) {
      expect(curve.iteration.length).toBeLessThanOrEqual(1000)
      expect(curve.iteration.length).toBeGreaterThanOrEqual(500)
      for (const index of curve.iteration.keys()) {
        const iteration = curve.iteration[index]!
        expect(Math.abs(curve.epoch[index]! - Math.sqrt(iteration))).toBeLessThan(9)
        expect(curve.seconds[index]).toBeCloseTo(2 * (iteration + 1), 3)
      }
    }
    expect(Math.max(...all.loss.max)).toBe(99)
    expect(JSON.stringify(all).length).toBeLessThan(600_000)
  })

  it('give only what is new to one who has the rest', () => {
    const curves = curvesOf([begun(0), step(0), step(1)])
    curves.takeUpdate()
    curves.push({ seq: 4, time: 0, ...step(2, { loss: 0.25 }) })
    const { loss } = curves.takeUpdate()
    expect(loss).toMatchObject({
      from: 2,
      points: { iteration: [2], epoch: [0.5], seconds: [6], mean: [0.25] },
    })
    expect(curves.takeUpdate()).toEqual({})
    expect(curves.push({ seq: 4, time: 0, ...step(2) })).toBe(false)
  })
})
