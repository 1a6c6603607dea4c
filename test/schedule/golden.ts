import { expect, it } from 'vitest'
import { epochRows } from '../../src/schedule/epochRows'
import { clipsSeen, iterationsPerEpoch } from '../../src/schedule/iterations'
import { phaseAt } from '../../src/schedule/phaseAt'
import { makePlan } from '../../src/schedule/plan'
import type { Norm, ScheduleSettings } from '../../src/schedule/plan'
import cases from '../fixtures/pyslowfast-schedules.json'

export interface GoldenCase {
  name: string
  input: {
    shortCycle: boolean
    longCycle: boolean
    epochFactor: number
    shortCycleFactors: number[]
    longCycleFactors: [number, number][]
    bnBaseSize: number
    evalFreq: number
    numGpus: number
    batchSize: number
    evalPeriod: number
    numFrames: number
    samplingRate: number
    jitterScales: [number, number]
    cropSize: number
    baseLr: number
    lrs: number[]
    gamma: number
    steps: number[]
    maxEpoch: number
    warmupEpochs: number
    warmupStartLr: number
  }
  schedule: { lrStep: number; batchFactor: number; frames: number; size: number; endEpoch: number }[] | null
  maxEpoch: number
  evalEpochs: number[]
  epochs: {
    epoch: number
    batchSize: number
    frames: number
    size: number
    norm: string
    splits: number | null
    syncDevices: number | null
    longCycleSamplingRate: number
    lr: number[]
    shortCycle: { batchSize: number; size: number; jitterMin: number; jitterMax: number }[]
    iterationsFor5003Clips: number
  }[]
}

/** Schedules as PySlowFast computes them, for three published configs and for drawn ones. */
export const goldenCases = cases as unknown as GoldenCase[]

/** Our settings for a case; without a long cycle the reference reads its list of relative rates instead of gamma. */
export function settingsOf({ input }: GoldenCase): ScheduleSettings {
  return {
    data: {
      frames: input.numFrames,
      stride: input.samplingRate,
      crop: input.cropSize,
      jitter: input.jitterScales,
    },
    train: {
      batch: input.batchSize,
      epochs: input.maxEpoch,
      steps: input.steps,
      gamma: input.longCycle ? input.gamma : input.lrs[1]!,
      policy: 'steps',
      learningRate: input.baseLr,
      warmup: { epochs: input.warmupEpochs, from: input.warmupStartLr },
      evaluateEvery: input.evalPeriod,
    },
    multigrid: {
      longCycle: input.longCycle,
      shortCycle: input.shortCycle,
      epochFactor: input.epochFactor,
      longCycleFactors: input.longCycleFactors,
      shortCycleFactors: input.shortCycleFactors,
      bnBase: input.bnBaseSize,
      evaluationsPerShape: input.evalFreq,
    },
    engine: { devices: input.numGpus },
  }
}

/** Tests that the plan of these settings is the reference's of that case. */
export function itPlansLike(golden: GoldenCase, settings: ScheduleSettings): void {
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
}

function normOf({ norm, splits, syncDevices }: GoldenCase['epochs'][number]): Norm {
  if (norm === 'sub_batchnorm') return { kind: 'split', splits: splits! }
  return norm === 'sync_batchnorm' ? { kind: 'sync', devices: syncDevices! } : { kind: 'plain' }
}
