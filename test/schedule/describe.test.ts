import { describe, expect, it } from 'vitest'
import { describePlan } from '../../src/schedule/describe'
import { makePlan } from '../../src/schedule/plan'
import { pixels } from '../../src/schedule/work'
import { planJson } from '../../src/schedule/planJson'
import { kinetics } from './kinetics'

const settings = kinetics()
const plan = makePlan(settings)
const work = { cost: pixels, unit: 'pixels' }

describe('a described plan', () => {
  const text = describePlan(plan, settings, { color: false, width: 80, clips: 240_000, work })

  it('shows the three crops and batches of each long shape', () => {
    expect(text).toContain('1024 × 8 × 112²')
    expect(text).toContain('512 × 8 × 158², 2 times')
    expect(text).toContain('64 × 32 × 224²')
  })

  it('counts epochs, phases and iterations, and compares the work with a plain training', () => {
    expect(text).toContain('358 epochs in 13 phases, 261,582 iterations over 240,000 clips.')
    expect(text).toContain('239 epochs of 64 × 32 × 224²')
  })

  it('has shares of work that sum to the whole', () => {
    const shares = [...text.matchAll(/([\d.]+) %/g)].map(([, share]) => Number(share))
    expect(shares).toHaveLength(plan.phases.length)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0)
  })

  it('keeps its table within the width, dropping what matters least', () => {
    const heads = (width: number): string =>
      describePlan(plan, settings, { color: false, width, clips: 240_000, work })
        .split('\n')
        .find((line) => line.startsWith('Epochs'))!
    expect(heads(120)).toContain('Normalised over')
    expect(heads(80)).not.toContain('Normalised over')
    expect(heads(20)).toMatch(/Epochs +Rate +Clips × frames × size² +Iterations +Work/)
    const rule = text.split('\n').find((line) => line.startsWith('──'))!
    expect(rule.length).toBeLessThanOrEqual(80)
  })

  it('draws within the width that it is given', () => {
    const drawing = text.split('\n').filter((line) => /^(batch|frames|size|rate|epoch)\b/.test(line))
    expect(drawing).toHaveLength(5)
    for (const line of drawing) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('has colours only where they are wanted, and the same text below them', () => {
    const coloured = describePlan(plan, settings, { color: true, width: 80, clips: 240_000, work })
    expect(text).not.toContain('\u001B')
    expect(coloured.replace(/\u001B\[[\d;]*m/g, '')).toBe(text)
    expect(coloured).not.toBe(text)
  })

  it('says when neither cycle is on', () => {
    const plain = kinetics({ multigrid: { longCycle: false, shortCycle: false } })
    expect(describePlan(makePlan(plain), plain, { color: false, width: 80, work })).toContain(
      'Neither cycle is on',
    )
  })
})

describe('a plan as JSON', () => {
  it('has the phases as they travel and a row per epoch', () => {
    const json = JSON.parse(JSON.stringify(planJson(settings, plan))) as ReturnType<typeof planJson>
    expect(json.epochs).toBe(358)
    expect(json.phases[0]).toEqual({
      lrStage: 0,
      startEpoch: 0,
      endEpoch: 73,
      fineTune: false,
      shapes: [
        { batch: 1024, frames: 8, size: 112, jitter: [128, 320] },
        { batch: 512, frames: 8, size: 158, jitter: [181, 320] },
        { batch: 512, frames: 8, size: 158, jitter: [181, 320] },
      ],
      stride: [2, 8],
      norm: { kind: 'split', splits: 8 },
    })
    expect(json.perEpoch).toHaveLength(358)
    expect(json.perEpoch[0]).toMatchObject({ epoch: 0, phase: 0, evaluate: false })
    expect(json.perEpoch[0]!.lr[1]).toBeCloseTo(0.0158, 4)
  })
})
