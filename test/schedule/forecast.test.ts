import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forecast, planSeconds, speedUp } from '../../src/schedule/forecast'
import { fewestClips, locate, totalIterations } from '../../src/schedule/iterations'
import { pixels } from '../../src/schedule/work'
import { makePlan } from '../../src/schedule/plan'
import type { Shape } from '../../src/schedule/plan'
import { anySettings } from './anySettings'
import { kinetics } from './kinetics'

const stepSeconds = (shape: Shape): number => 0.1 + pixels(shape) / 1e9

describe('a forecast', () => {
  it('is the sum over the steps that are left', () => {
    const plan = makePlan(kinetics({ train: { epochs: 24, steps: [0, 10, 18] } }))
    const clips = 3000
    const total = totalIterations(plan, clips)
    const costs = Array.from({ length: total }, (_, iteration) =>
      stepSeconds(locate(plan, clips, iteration).shape),
    )
    const all = costs.reduce((sum, cost) => sum + cost, 0)
    for (const done of [0, 1, 7, 100, total - 1, total]) {
      const left = costs.slice(done).reduce((sum, cost) => sum + cost, 0)
      const found = forecast({ plan, clips, done, stepSeconds })
      expect(found.secondsLeft).toBeCloseTo(left, 6)
      expect(found.progress).toBeCloseTo(1 - left / all, 9)
    }
    expect(forecast({ plan, clips, done: 0, stepSeconds }).phaseSeconds).toHaveLength(plan.phases.length)
  })

  it('adds the evaluations that are still to come', () => {
    const plan = makePlan(kinetics())
    const with3 = forecast({
      plan,
      clips: 5000,
      done: 10,
      stepSeconds,
      evaluations: { left: 3, seconds: 20 },
    })
    expect(
      with3.secondsLeft - forecast({ plan, clips: 5000, done: 10, stepSeconds }).secondsLeft,
    ).toBeCloseTo(60, 6)
  })

  it('never goes below zero, nor its progress backwards', () => {
    fc.assert(
      fc.property(
        anySettings,
        fc.nat(400),
        fc.array(fc.double({ min: 0, max: 1.2, noNaN: true }), { maxLength: 6 }),
        (settings, more, shares) => {
          const plan = makePlan(settings)
          const clips = fewestClips(plan) + more
          const total = totalIterations(plan, clips)
          let before = 0
          for (const share of shares.sort((a, b) => a - b)) {
            const { secondsLeft, progress } = forecast({
              plan,
              clips,
              done: Math.floor(share * total),
              stepSeconds,
            })
            expect(secondsLeft).toBeGreaterThanOrEqual(0)
            expect(progress).toBeGreaterThanOrEqual(before)
            expect(progress).toBeLessThanOrEqual(1)
            before = progress
          }
        },
      ),
    )
  })

  it('counts steps where none has a cost yet', () => {
    const plan = makePlan(kinetics({ multigrid: { longCycle: false, shortCycle: false } }))
    expect(forecast({ plan, clips: 640, done: 239 * 5, stepSeconds: () => 0 })).toMatchObject({
      secondsLeft: 0,
      progress: 0.5,
    })
  })

  it('compares with the same training without multigrid', () => {
    const settings = kinetics()
    const plan = makePlan(settings)
    const clips = 240_000
    const plain =
      239 * Math.floor(clips / 64) * stepSeconds({ batch: 64, frames: 32, size: 224, jitter: [256, 320] })
    expect(speedUp({ settings, plan, clips, stepSeconds })).toBeCloseTo(
      plain / planSeconds(plan, clips, stepSeconds),
      9,
    )
    expect(speedUp({ settings, plan, clips, stepSeconds })).toBeGreaterThan(2)
    expect(speedUp({ settings, plan, clips, stepSeconds: () => 0 })).toBeUndefined()
  })
})
