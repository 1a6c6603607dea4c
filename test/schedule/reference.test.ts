import { describe, expect, it } from 'vitest'
import { epochRows } from '../../src/schedule/epochRows'
import { clipsSeen, iterationsPerEpoch } from '../../src/schedule/iterations'
import { makePlan } from '../../src/schedule/plan'
import type { Norm } from '../../src/schedule/plan'
import { phaseAt } from '../../src/schedule/phaseAt'
import { goldenCases, settingsOf } from './golden'

describe.each(goldenCases)('the plan of $name is the reference’s', (golden) => {
  const settings = settingsOf(golden)
  const plan = makePlan(settings)
  const rows = epochRows(settings, plan)

  it('has as many epochs, and phases that end where its do', () => {
    expect(plan.epochs).toBe(golden.maxEpoch)
    if (!golden.schedule) return
    const ends = golden.schedule.map(({ endEpoch }) => endEpoch)
    expect(plan.phases.map(({ endEpoch }) => endEpoch)).toEqual(
      ends.filter((end, index) => end > (ends[index - 1] ?? 0)),
    )
  })

  it('evaluates after the same epochs', () => {
    expect(rows.filter(({ evaluate }) => evaluate).map(({ epoch }) => epoch)).toEqual(golden.evalEpochs)
  })

  it('has its shapes, batches, crops, jitter, strides and normalisation', () => {
    for (const expected of golden.epochs) {
      const phase = plan.phases[phaseAt(plan, expected.epoch)]!
      const { batchSize, frames, size } = expected
      expect(phase.shapes.at(-1)).toMatchObject({ batch: batchSize, frames, size })
      expect(phase.shapes).toEqual(
        expected.shortCycle.map((one) => ({
          batch: one.batchSize,
          frames,
          size: one.size,
          jitter: [one.jitterMin, one.jitterMax],
        })),
      )
      expect(phase.stride).toEqual([
        golden.input.samplingRate,
        expected.longCycleSamplingRate || golden.input.samplingRate,
      ])
      expect(phase.norm).toEqual(normOf(expected))
    }
  })

  it('has its learning rate at every quarter of an epoch', () => {
    for (const { epoch, lr } of golden.epochs) {
      for (const [quarter, rate] of lr.entries())
        expect(Math.abs(rows[epoch]!.lr[quarter]! - rate)).toBeLessThan(1e-9)
    }
  })

  it('has its iterations per epoch for 5003 clips', () => {
    const clips = clipsSeen(5003, golden.input.numGpus)
    for (const { epoch, iterationsFor5003Clips } of golden.epochs) {
      expect(iterationsPerEpoch(plan.phases[phaseAt(plan, epoch)]!.shapes, clips)).toBe(
        iterationsFor5003Clips,
      )
    }
  })
})

function normOf({ norm, splits, syncDevices }: (typeof goldenCases)[number]['epochs'][number]): Norm {
  if (norm === 'sub_batchnorm') return { kind: 'split', splits: splits! }
  return norm === 'sync_batchnorm' ? { kind: 'sync', devices: syncDevices! } : { kind: 'plain' }
}
