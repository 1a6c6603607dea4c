import type { ScheduleSettings } from '../../src/schedule/plan'

type Changes = { readonly [K in keyof ScheduleSettings]?: Partial<ScheduleSettings[K]> }

/** The published Kinetics recipe, with changes. */
export function kinetics(changes: Changes = {}): ScheduleSettings {
  return {
    data: { frames: 32, stride: 2, crop: 224, jitter: [256, 320], ...changes.data },
    train: {
      batch: 64,
      epochs: 239,
      steps: [0, 94, 154, 196],
      gamma: 0.1,
      policy: 'steps',
      learningRate: 0.1,
      warmup: { epochs: 34, from: 0.01 },
      evaluateEvery: 10,
      ...changes.train,
    },
    multigrid: {
      longCycle: true,
      shortCycle: true,
      epochFactor: 1.5,
      longCycleFactors: [
        [0.25, Math.SQRT1_2],
        [0.5, Math.SQRT1_2],
        [0.5, 1],
        [1, 1],
      ],
      shortCycleFactors: [0.5, Math.SQRT1_2],
      bnBase: 8,
      evaluationsPerShape: 3,
      ...changes.multigrid,
    },
    engine: { devices: 8, ...changes.engine },
  }
}
