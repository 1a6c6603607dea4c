import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HumanError } from '../../src/HumanError'
import {
  batchAt,
  checkClips,
  fewestClips,
  iterationsPerEpoch,
  locate,
  totalIterations,
} from '../../src/schedule/iterations'
import { makePlan } from '../../src/schedule/plan'
import type { Shape } from '../../src/schedule/plan'
import { anySettings } from './anySettings'
import { kinetics } from './kinetics'

const shapes = (...batches: number[]): Shape[] =>
  batches.map((batch) => ({ batch, frames: 8, size: 56, jitter: [64, 80] }))

/** What a sampler that fills batch after batch and drops the last yields: the start of each. */
function sampled(batches: readonly Shape[], clips: number): number[] {
  const starts: number[] = []
  let start = 0
  for (let index = 0; start + batches[index % batches.length]!.batch <= clips; index++) {
    starts.push(start)
    start += batches[index % batches.length]!.batch
  }
  return starts
}

describe('iterations', () => {
  it('of 20 clips in batches of 8, 4 and 2 are 3: the fourth would take 22 clips', () => {
    expect(sampled(shapes(8, 4, 2), 20)).toEqual([0, 8, 12])
    expect(iterationsPerEpoch(shapes(8, 4, 2), 20)).toBe(3)
    expect(iterationsPerEpoch(shapes(8, 4, 2), 22)).toBe(4)
  })

  it('are those that a sampler yields, and start where its batches do', () => {
    const batches = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(batches, fc.integer({ min: 0, max: 500 }), (sizes, clips) => {
        const starts = sampled(shapes(...sizes), clips)
        expect(iterationsPerEpoch(shapes(...sizes), clips)).toBe(starts.length)
        expect(starts.map((_, index) => batchAt(shapes(...sizes), index).start)).toEqual(starts)
      }),
    )
  })

  it('are located one after another through all epochs', () => {
    fc.assert(
      fc.property(anySettings, fc.integer({ min: 0, max: 300 }), (settings, more) => {
        const plan = makePlan({
          ...settings,
          train: { ...settings.train, epochs: Math.min(settings.train.epochs, 20), steps: [0] },
        })
        const clips = fewestClips(plan) + more
        let iteration = 0
        for (const [phase, { startEpoch, endEpoch, shapes: cycle }] of plan.phases.entries()) {
          const perEpoch = iterationsPerEpoch(cycle, clips)
          for (let epoch = startEpoch; epoch < endEpoch; epoch++) {
            for (let iterationInEpoch = 0; iterationInEpoch < perEpoch; iterationInEpoch++, iteration++) {
              if (iterationInEpoch > 3 && iterationInEpoch < perEpoch - 2) continue
              const { shape } = batchAt(cycle, iterationInEpoch)
              const fractionalEpoch = epoch + iterationInEpoch / perEpoch
              expect(locate(plan, clips, iteration)).toEqual({
                phase,
                epoch,
                iterationInEpoch,
                shape,
                fractionalEpoch,
              })
            }
          }
        }
        expect(totalIterations(plan, clips)).toBe(iteration)
      }),
      { numRuns: 30 },
    )
  })

  it('far out are found in a plan of very many', () => {
    const plan = makePlan(kinetics())
    const clips = 2 ** 40
    const { epoch, phase } = locate(plan, clips, 1e12)
    expect(plan.phases[phase]!.startEpoch).toBeLessThanOrEqual(epoch)
    expect(() => locate(plan, clips, totalIterations(plan, clips))).toThrow(RangeError)
  })

  it('must be one at least in every epoch: the fewest clips that work are named', () => {
    const plan = makePlan(kinetics({ train: { batch: 8 }, engine: { devices: 1 } }))
    expect(fewestClips(plan)).toBe(128)
    expect(() => checkClips(plan, 127)).toThrow(HumanError)
    expect(() => checkClips(plan, 127)).toThrow(
      /127 training clips.*epochs 0 to 72.*batch of 128.*at least 128 clips/s,
    )
    expect(() => checkClips(plan, 128)).not.toThrow()
    for (const { shapes: cycle } of plan.phases) expect(iterationsPerEpoch(cycle, 128)).toBeGreaterThan(0)
  })
})
