import fc from 'fast-check'
import type { ScheduleSettings } from '../../src/schedule/plan'

const factor = fc.double({ min: 0.2, max: 1, noNaN: true })

/** Settings that can be trained, odd ones included. */
export const anySettings: fc.Arbitrary<ScheduleSettings> = fc
  .record({
    frames: fc.integer({ min: 4, max: 70 }),
    stride: fc.integer({ min: 1, max: 8 }),
    crop: fc.integer({ min: 32, max: 257 }),
    perDevice: fc.integer({ min: 1, max: 24 }),
    devices: fc.integer({ min: 1, max: 8 }),
    stages: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 }),
    gamma: fc.constantFrom(0.1, 0.5),
    policy: fc.constantFrom('steps' as const, 'cosine' as const),
    learningRate: fc.double({ min: 0.001, max: 1, noNaN: true }),
    warmup: fc.double({ min: 0, max: 50, noNaN: true }),
    longCycle: fc.boolean(),
    shortCycle: fc.boolean(),
    epochFactor: fc.double({ min: 1, max: 3, noNaN: true }),
    longCycleFactors: fc.array(fc.tuple(factor, factor), { minLength: 1, maxLength: 8 }),
    shortCycleFactors: fc.array(factor, { maxLength: 4 }),
    bnBase: fc.integer({ min: 1, max: 32 }),
    evaluationsPerShape: fc.integer({ min: 1, max: 5 }),
    evaluateEvery: fc.integer({ min: 1, max: 20 }),
  })
  .map((one) => {
    const ends = one.stages.map((_, index) =>
      one.stages.slice(0, index + 1).reduce((sum, length) => sum + length, 0),
    )
    return {
      data: {
        frames: one.frames,
        stride: one.stride,
        crop: one.crop,
        jitter: [Math.round(one.crop * 1.14), Math.round(one.crop * 1.43)],
      },
      train: {
        batch: one.perDevice * one.devices,
        epochs: ends.at(-1)!,
        steps: [0, ...ends.slice(0, -1)],
        gamma: one.gamma,
        policy: one.policy,
        learningRate: one.learningRate,
        warmup: { epochs: one.warmup, from: one.learningRate / 10 },
        evaluateEvery: one.evaluateEvery,
      },
      multigrid: {
        longCycle: one.longCycle,
        shortCycle: one.shortCycle,
        epochFactor: one.epochFactor,
        longCycleFactors: one.longCycleFactors,
        shortCycleFactors: one.shortCycleFactors,
        bnBase: one.bnBase,
        evaluationsPerShape: one.evaluationsPerShape,
      },
      engine: { devices: one.devices },
    }
  })
