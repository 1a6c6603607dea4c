import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { learningRate } from '../../src/schedule/learningRate'
import { makePlan } from '../../src/schedule/plan'
import { anySettings } from './anySettings'
import { kinetics } from './kinetics'

describe('the learning rate', () => {
  it('of a cosine is the half cosine at the share of all epochs, times how much the batch has grown', () => {
    const settings = kinetics({ train: { policy: 'cosine', warmup: { epochs: 0, from: 0 } } })
    const plan = makePlan(settings)
    expect(plan.phases.map(({ endEpoch }) => endEpoch)).toEqual(
      makePlan(kinetics()).phases.map(({ endEpoch }) => endEpoch),
    )
    for (const epoch of [0, 50.25, 120, 200, 340.5]) {
      const phase = plan.phases.find(({ endEpoch }) => epoch < endEpoch)!
      const factor = phase.shapes.at(-1)!.batch / 64
      expect(learningRate(settings, plan, epoch)).toBeCloseTo(
        0.1 * factor * 0.5 * (1 + Math.cos((Math.PI * epoch) / 358)),
        12,
      )
    }
    expect(plan.phases.at(-1)!.shapes.at(-1)).toMatchObject({ batch: 64, frames: 32, size: 224 })
  })

  it('of a cosine without a long cycle falls in one phase', () => {
    const plan = makePlan(kinetics({ train: { policy: 'cosine' }, multigrid: { longCycle: false } }))
    expect(plan.phases).toHaveLength(1)
    expect(plan.epochs).toBe(358)
  })

  it('of a cosine ends where it is told to, and can begin where the warm-up ends', () => {
    const settings = kinetics({
      train: {
        policy: 'cosine',
        finalLearningRate: 0.02,
        cosineAfterWarmup: true,
        warmup: { epochs: 34, from: 0 },
      },
      multigrid: { longCycle: false, shortCycle: false },
    })
    const plan = makePlan(settings)
    expect(learningRate(settings, plan, 17)).toBeCloseTo(0.05, 12)
    expect(learningRate(settings, plan, 34)).toBeCloseTo(0.1, 12)
    expect(learningRate(settings, plan, (34 + 239) / 2)).toBeCloseTo(0.06, 12)
    expect(learningRate(settings, plan, 239)).toBeCloseTo(0.02, 12)
  })

  it('of a stage is its own where rates are given, with either cycle and with none', () => {
    const train = { rates: [1, 0.5, 0.3, 0.05], warmup: { epochs: 0, from: 0 } }
    const plain = kinetics({ train, multigrid: { longCycle: false, shortCycle: false } })
    const expected = { 0: 0.1, 94: 0.05, 154: 0.03, 196: 0.005 }
    for (const [epoch, rate] of Object.entries(expected)) {
      expect(learningRate(plain, makePlan(plain), Number(epoch))).toBeCloseTo(rate, 12)
    }
    const long = kinetics({ train })
    expect(learningRate(long, makePlan(long), 158)).toBeCloseTo(0.1 * 8 * 0.5, 12)
  })

  it('of a warm-up that ends in a later phase grows towards that phase’s rate', () => {
    const settings = kinetics({ train: { warmup: { epochs: 100, from: 0 } } })
    const plan = makePlan(settings)
    expect(learningRate(settings, plan, 50)).toBeCloseTo(0.2, 12)
    expect(learningRate(settings, plan, 100)).toBeCloseTo(0.4, 12)
  })

  it('of a warm-up longer than the training never reaches its end', () => {
    const settings = kinetics({ train: { warmup: { epochs: 1000, from: 0 } } })
    const plan = makePlan(settings)
    expect(learningRate(settings, plan, 357)).toBeCloseTo(0.0001 * 0.357, 12)
  })

  it('keeps its height for the first half of the fine-tuning', () => {
    const settings = kinetics()
    const plan = makePlan(settings)
    expect(learningRate(settings, plan, 342.99)).toBeCloseTo(0.001, 12)
    expect(learningRate(settings, plan, 343)).toBeCloseTo(0.0001, 12)
  })

  it('is a finite number of at least 0 everywhere, and after the warm-up has no jump inside a phase', () => {
    fc.assert(
      fc.property(anySettings, fc.double({ min: 0, max: 1, noNaN: true }), (settings, share) => {
        const plan = makePlan(settings)
        const epoch = share * plan.epochs
        const rate = learningRate(settings, plan, epoch)
        expect(Number.isFinite(rate) && rate >= 0).toBe(true)
        const phase = plan.phases.find(({ endEpoch }) => epoch < endEpoch)
        if (
          !phase ||
          phase.fineTune ||
          epoch < settings.train.warmup.epochs ||
          epoch + 1e-7 >= phase.endEpoch
        )
          return
        expect(Math.abs(learningRate(settings, plan, epoch + 1e-7) - rate)).toBeLessThan(
          1e-3 * Math.max(rate, 1),
        )
      }),
    )
  })
})
