import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { epochRows, learningRate, makePlan } from '../../src/schedule/plan'
import { kinetics } from './kinetics'
import { anySettings } from './anySettings'

const shapesOf = (settings: ReturnType<typeof kinetics>): string[] =>
  makePlan(settings).phases[0]!.shapes.map(({ batch, frames, size }) => `${batch}×${frames}×${size}`)

describe('a plan', () => {
  it('with the long cycle alone gives each stretch of epochs one shape', () => {
    const { phases } = makePlan(kinetics({ multigrid: { shortCycle: false } }))
    expect(phases.slice(0, 4).map(({ endEpoch }) => endEpoch)).toEqual([87, 130, 152, 162])
    expect(phases.every(({ shapes }) => shapes.length === 1)).toBe(true)
  })

  it('with the short cycle alone stretches the stages and keeps their rates', () => {
    const settings = kinetics({ multigrid: { longCycle: false } })
    const plan = makePlan(settings)
    expect(plan.phases.map(({ startEpoch, endEpoch }) => [startEpoch, endEpoch])).toEqual([
      [0, 141],
      [141, 231],
      [231, 294],
      [294, 358],
    ])
    expect(learningRate(settings, plan, 141)).toBeCloseTo(0.01, 12)
  })

  it('with neither cycle is the plain training, whatever the epoch factor', () => {
    const { epochs, phases } = makePlan(
      kinetics({ multigrid: { longCycle: false, shortCycle: false, epochFactor: 3 } }),
    )
    expect(epochs).toBe(239)
    expect(phases.map(({ endEpoch }) => endEpoch)).toEqual([94, 154, 196, 239])
    expect(phases[0]!.shapes).toEqual([{ batch: 64, frames: 32, size: 224, jitter: [256, 320] }])
  })

  it('leaves out stretches that rounding gives no epoch', () => {
    const settings = kinetics({ data: { frames: 64 }, train: { batch: 16, epochs: 22, steps: [0, 14, 18] } })
    expect(makePlan(settings).phases.map(({ endEpoch }) => endEpoch)).toEqual([
      11, 16, 21, 24, 27, 28, 30, 33,
    ])
  })

  it('works on one device with few clips of many frames', () => {
    const { phases } = makePlan(
      kinetics({ data: { frames: 64 }, train: { batch: 16 }, engine: { devices: 1 } }),
    )
    expect(phases[0]!.norm).toEqual({ kind: 'split', splits: 16 })
    expect(phases.at(-1)!.norm).toEqual({ kind: 'split', splits: 2 })
  })

  it('keeps the normalisation that is given until the long cycle first leaves the full shape', () => {
    const model = { norm: { kind: 'split', splits: 2 } } as const
    const short = { ...kinetics({ multigrid: { longCycle: false } }), model }
    expect(makePlan(short).phases.map(({ norm }) => norm)).toEqual(Array(4).fill(model.norm))
    const growing = kinetics({
      multigrid: {
        longCycleFactors: [
          [1, 1],
          [0.5, 1],
          [1, 1],
        ],
        bnBase: 8,
      },
    })
    const [first, second, third] = makePlan({ ...growing, model }).phases
    expect([first!.norm, second!.norm, third!.norm]).toEqual([
      model.norm,
      { kind: 'split', splits: 2 },
      { kind: 'plain' },
    ])
  })

  it('takes any number of short-cycle factors', () => {
    const withFactors = (shortCycleFactors: number[]): string[] =>
      shapesOf(kinetics({ multigrid: { longCycle: false, shortCycleFactors } }))
    expect(withFactors([])).toEqual(['64×32×224'])
    expect(withFactors([0.5])).toEqual(['256×32×112', '64×32×224'])
    expect(withFactors([0.25, 0.5, 0.75, 1])).toEqual([
      '1024×32×56',
      '256×32×112',
      '128×32×168',
      '64×32×224',
      '64×32×224',
    ])
  })

  it('never plans a batch without clips where a short crop is far larger than the long shape', () => {
    const { phases } = makePlan(
      kinetics({ multigrid: { longCycleFactors: [[0.5, 0.25]], shortCycleFactors: [0.5, 1] } }),
    )
    expect(phases[0]!.shapes.map(({ size, batch }) => [size, batch])).toEqual([
      [56, 2048],
      [56, 2048],
      [56, 2048],
    ])
  })

  it('without a second stage is one stretch at the full shape', () => {
    const { epochs, phases } = makePlan(kinetics({ train: { steps: [0], epochs: 10 } }))
    expect(epochs).toBe(15)
    expect(phases).toHaveLength(1)
    expect(phases[0]!.shapes.at(-1)).toMatchObject({ batch: 64, frames: 32, size: 224 })
  })

  it('tiles the epochs with phases that have clips in every batch', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const { epochs, phases } = makePlan(settings)
        let start = 0
        for (const { startEpoch, endEpoch, shapes, stride } of phases) {
          expect(startEpoch).toBe(start)
          expect(endEpoch).toBeGreaterThan(startEpoch)
          for (const { batch, frames, size, jitter } of shapes) {
            for (const value of [batch, frames, size])
              expect(Number.isSafeInteger(value) && value > 0).toBe(true)
            expect(jitter[0]).toBeLessThanOrEqual(jitter[1])
            expect(size).toBeLessThanOrEqual(jitter[0])
          }
          expect(stride[0]).toBeLessThanOrEqual(stride[1])
          start = endEpoch
        }
        expect(epochs).toBe(start)
      }),
    )
  })

  it('keeps the work of a step within rounding of the full shape’s', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const { data, train } = settings
        for (const { shapes } of makePlan(settings).phases) {
          const long = shapes.at(-1)!
          const ideal = (data.frames * data.crop ** 2) / (long.frames * long.size ** 2)
          expect(Math.abs(long.batch / train.batch - ideal)).toBeLessThanOrEqual(0.5)
          for (const { batch, size } of shapes.slice(0, -1)) {
            const growth = batch / long.batch
            // The crop itself is rounded to a pixel after its batch is chosen.
            const [few, many] = [(long.size / (size + 0.5)) ** 2 - 0.5, (long.size / (size - 0.5)) ** 2 + 0.5]
            expect(growth).toBeGreaterThanOrEqual(Math.min(few, 1))
            expect(growth).toBeLessThanOrEqual(Math.max(many, 1))
          }
        }
      }),
    )
  })
})

describe('the rows of a plan', () => {
  it('are one per epoch, and end with an evaluation', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const plan = makePlan(settings)
        const rows = epochRows(settings, plan)
        expect(rows.map(({ epoch }) => epoch)).toEqual([...Array(plan.epochs).keys()])
        expect(rows.at(-1)!.evaluate).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})
