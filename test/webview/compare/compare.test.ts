import { describe, expect, it } from 'vitest'
import { contrast } from '../../../webview/colour'
import { along, axisOf, keptAxis, placeWords } from '../../../webview/compare/axes'
import { labelsOf, lookAt } from '../../../webview/compare/looks'
import { outcomeRows } from '../../../webview/compare/differenceTable'
import { readingsOf } from '../../../webview/compare/readings'
import { sampleRows } from '../../../webview/compare/samplesTable'
import { reduceComparison } from '../../../webview/compare/store'
import type { Theme } from '../../../webview/theme'
import { comparison, inventedRun } from '../fixtures/comparison'

const { runs } = comparison
const [plain, multigrid] = runs as [(typeof runs)[0], (typeof runs)[0]]

describe('the axis of a comparison', () => {
  it('ends where the longest run does, in epochs, steps, or the unit that its time asks for', () => {
    expect(axisOf('epoch', runs)).toMatchObject({ unit: 'epoch', end: 40 })
    expect(axisOf('iteration', runs)).toMatchObject({ unit: 'step', end: 8000 })
    expect(axisOf('seconds', runs)).toMatchObject({ unit: 'h', end: 16_000 / 3600 })
    const short = { ...plain, facts: { ...plain.facts, seconds: 600 } }
    expect(axisOf('seconds', [short])).toMatchObject({ unit: 'min', end: 10 })
    expect(axisOf('epoch', [])).toMatchObject({ end: 1 })
  })

  it('places the same step where each axis has it', () => {
    const { loss } = multigrid.curves
    expect(along(loss, axisOf('epoch', runs)).epoch[100]).toBe(5)
    expect(along(loss, axisOf('iteration', runs)).epoch[100]).toBe(1000)
    expect(along(loss, axisOf('seconds', runs)).epoch[100]).toBeCloseTo(1001 / 3600)
    expect(placeWords(axisOf('seconds', runs), 0.5)).toBe('30 min trained')
    expect(placeWords(axisOf('iteration', runs), 1234.4)).toBe('iteration 1,234')
  })

  it('is kept over a reload, and epochs where nothing sensible was', () => {
    expect(keptAxis({ runs: ['a'], axis: 'seconds' })).toBe('seconds')
    for (const saved of [null, 'seconds', { axis: 'width' }, { axis: 1 }])
      expect(keptAxis(saved)).toBe('epoch')
  })
})

describe('the readings of a run', () => {
  it('are those of the place on the axis, with the evaluation that stood then', () => {
    const [loss, top1, lr, speed] = readingsOf(plain, axisOf('epoch', runs), 10)
    const { mean } = plain.curves.loss
    expect(loss).toMatch(new RegExp(`^${Number(mean[100]!.toPrecision(4))} · val `))
    expect(top1).toBe('39.3 % · val 37.4 %')
    expect([lr, speed]).toEqual(['0.1', '16'])
    const early = readingsOf(plain, axisOf('epoch', runs), 1)
    expect(early[1]).toBe('4.9 %')
  })

  it('are nothing where a run had ended, and the last ones without a place', () => {
    const axis = axisOf('seconds', runs)
    expect(readingsOf(multigrid, axis, 4)).toEqual(['–', '–', '–', '–'])
    expect(readingsOf(multigrid, axis, undefined)[2]).toBe('0.2')
  })

  it('are spread over what is looked at for people who hear the page', () => {
    const axis = axisOf('epoch', runs)
    const theme = {} as Theme
    const rows = sampleRows({ runs, axis, range: { start: 0, end: 20 }, width: 100, theme })
    expect(rows[0]).toEqual([
      'At',
      'Loss of plain',
      'Top-1 of plain',
      'Loss of multigrid',
      'Top-1 of multigrid',
    ])
    expect(rows).toHaveLength(12)
    expect(rows[6]!.slice(0, 1)).toEqual(['epoch 10.00'])
    expect(rows[6]![2]).toBe('39.3 % · val 37.4 %')
  })
})

describe('the runs of a comparison', () => {
  it('have lines that differ in more than colour', () => {
    const colour = [0, 0, 0] as const
    const [background, foreground] = [
      [0, 0, 0],
      [255, 255, 255],
    ]
    const theme = {
      blue: colour,
      orange: colour,
      green: colour,
      purple: colour,
      red: colour,
      yellow: colour,
      background,
      foreground,
    }
    const dashes = Array.from({ length: 12 }, (_, index) =>
      lookAt(index, theme as unknown as Theme).dash.join(),
    )
    expect(new Set(dashes).size).toBe(12)
    // Black on black would be lost.
    expect(contrast(lookAt(0, theme as unknown as Theme).colour, [0, 0, 0])).toBeGreaterThan(3)
  })

  it('are called by name, by date where two have one name, by id where that does not tell them apart', () => {
    const run = (id: string, name: string, created: string) => ({ id, name, created })
    expect(labelsOf([run('1', 'a', 'mon'), run('2', 'b', 'mon'), run('3', 'b', 'tue')])).toEqual([
      'a',
      'b · mon',
      'b · tue',
    ])
    expect(labelsOf([run('1', 'a', 'mon'), run('2', 'a', 'mon')])).toEqual(['1', '2'])
  })

  it('have what came out of them in rows', () => {
    expect(outcomeRows(runs).slice(0, 6)).toEqual([
      ['Best', 'top-1 82.1 %', 'top-1 93.3 %'],
      ['Trained for', '4 h 27 min', '2 h 13 min'],
      ['Epochs', '40.0 of 40', '40.0 of 40'],
      ['Iterations', '4,000 of 4,000', '8,000 of 8,000'],
      ['Engine', 'tfjs-node (AMD EPYC)', 'tfjs-node (AMD EPYC)'],
      ['State', 'Finished', 'Finished'],
    ])
  })
})

describe('the state of the page', () => {
  const state = reduceComparison(undefined, comparison)!

  it('takes what is new of one run and leaves the others', () => {
    const fresh = inventedRun({
      ...{ id: 'run-a', name: 'plain', steps: 4100, stepsPerEpoch: 100, secondsPerStep: 4, rate: 0.1 },
    })
    const { iteration, epoch, seconds, mean, min, max } = fresh.curves.loss
    const tail = (column: readonly number[]) => column.slice(400)
    const points = {
      ...{ iteration: tail(iteration), epoch: tail(epoch), seconds: tail(seconds) },
      ...{ mean: tail(mean), min: tail(min), max: tail(max) },
    }
    const next = reduceComparison(state, {
      type: 'update',
      runs: [{ id: 'run-a', facts: fresh.facts, curves: { loss: { from: 400, points } } }],
    })!
    expect(next.runs[0]!.curves.loss.iteration).toEqual(fresh.curves.loss.iteration)
    expect(next.runs[0]!.facts.iteration).toBe(4100)
    expect(next.runs[1]).toBe(state.runs[1])
  })

  it('asks again after an update that does not fit', () => {
    const points = { iteration: [], epoch: [], seconds: [], mean: [], min: [], max: [] }
    const update = {
      type: 'update',
      runs: [{ id: 'run-a', curves: { loss: { from: 900, points } } }],
    } as const
    expect(reduceComparison(state, update)).toBeUndefined()
    expect(reduceComparison(undefined, { type: 'update', runs: [] })).toBeUndefined()
  })
})
