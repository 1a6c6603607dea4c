import type { ScheduleSettings } from '../../src/schedule/plan'
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
