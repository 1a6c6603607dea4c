import { describe, expect, test } from 'vitest'
import type { RunView } from '../../../src/protocol/view'
import { describe as inWords, eventTicks, tickNear } from '../../../webview/timeline/eventLane'
import { gridBlocks, headroom, sizeMarks } from '../../../webview/timeline/gridLane'
import { inputBands } from '../../../webview/timeline/inputLane'
import { inputLines } from '../../../webview/timeline/inputList'
import { phaseRows } from '../../../webview/timeline/phaseTable'
import { plannedLine, rateMarks, rateScale, rateY } from '../../../webview/timeline/rateLane'
import { bucketValues, rateAt, readouts } from '../../../webview/timeline/readout'
import { recipes, sampleMarks, sampleRun } from '../fixtures/sampleRun'

const { plan } = recipes.kinetics
const whole = { start: 0, end: plan.epochs }
const measure = (text: string) => text.length * 5.5
const grid = { plan, spans: [], clips: 240_000, range: whole, width: 358, height: 100 + headroom, measure }

describe('the grid lane', () => {
  test('draws each phase as wide as its epochs and as tall as its clips', () => {
    const [first, , third] = gridBlocks(grid)
    expect(first?.box).toEqual({
      x: 0,
      y: headroom + 100 - (100 * 158) / 224,
      width: 73,
      height: (100 * 158) / 224,
    })
    expect(third?.box).toMatchObject({ x: 110, width: 32, height: 100 })
  })

  test('shades by frames: fewest lightest, most darkest', () => {
    expect(
      gridBlocks(grid)
        .slice(0, 4)
        .map(({ shade }) => shade),
    ).toEqual([0, 0.5, 0.5, 1])
  })

  test('marks what was trained solid and what was not as planned apart', () => {
    const [first] = gridBlocks({
      ...grid,
      spans: [
        { phase: 0, start: 0, end: 20, mismatch: false },
        { phase: 0, start: 20, end: 30, mismatch: true },
      ],
    })
    expect(first?.done.map(({ x, width }) => [x, width])).toEqual([[0, 20]])
    expect(first?.mismatch.map(({ x, width }) => [x, Math.round(width)])).toEqual([[20, 10]])
  })

  test('writes the whole shape where it fits, less where it does not, nothing in a sliver', () => {
    const labels = (width: number) => gridBlocks({ ...grid, width }).map(({ label }) => label?.text)
    expect(labels(3000)[0]).toBe('512 × 8 × 158²')
    expect(labels(300)[0]).toBe('8 × 158²')
    expect(labels(60).every((label) => label === undefined)).toBe(true)
  })

  test('turns a label that fits only upwards', () => {
    const narrow = gridBlocks({ ...grid, width: 230, height: 150 })[2]
    expect(narrow?.label).toEqual({ text: '128 × 16 × 224²', turned: true })
  })

  test('nests the smaller shapes of the short cycle in a block that is wide enough', () => {
    const bands = (width: number) =>
      gridBlocks({ ...grid, width })[2]?.bands.map(({ box }) => Math.round(box.height))
    expect(bands(600)).toEqual([71, 50])
    expect(bands(100)).toEqual([])
  })

  test('cuts a phase at the edge of the picture, so that its label stays in sight', () => {
    const [only] = gridBlocks({ ...grid, range: { start: 10, end: 20 } })
    expect(only?.box).toMatchObject({ x: 0, width: 358 })
    expect(only?.label?.text).toBe('512 × 8 × 158²')
  })

  test('shows the short cycle as one bar an iteration once bars can be told apart', () => {
    // 1,024 + 512 + 512 clips a cycle: 5,120 clips are two cycles and one batch, 7 iterations.
    const close = { ...grid, clips: 5120, range: { start: 2, end: 4 } }
    const [block] = gridBlocks(close)
    const cycle = [50, 71, 71]
    expect(block?.steps.map(({ box }) => Math.round(box.height))).toEqual([
      ...cycle,
      ...cycle,
      50,
      ...cycle,
      ...cycle,
      50,
    ])
    expect(block?.steps[1]?.box.x).toBeCloseTo(358 / 14)
    expect(block?.bands).toEqual([])
    expect(gridBlocks({ ...close, range: whole })[0]?.steps).toEqual([])
    expect(gridBlocks({ ...close, clips: undefined })[0]?.steps).toEqual([])
  })

  test('marks the fine-tune phase', () => {
    expect(
      gridBlocks(grid)
        .map(({ fineTune }) => fineTune)
        .lastIndexOf(true),
    ).toBe(plan.phases.length - 1)
  })

  test('writes sizes beside it that do not run into each other', () => {
    expect(sizeMarks(plan, 114).map(({ size }) => size)).toEqual([224, 158])
    expect(sizeMarks(plan, 40).map(({ size }) => size)).toEqual([224])
  })
})

describe('the rate lane', () => {
  const { rates } = sampleRun(recipes.kinetics, undefined)

  test('is logarithmic once the rates differ more than 20-fold', () => {
    expect(rateScale(rates)?.log).toBe(true)
    expect(
      rateScale([
        [0, 0.1],
        [1, 0.02],
      ])?.log,
    ).toBe(false)
    expect(
      rateScale([
        [0, 0],
        [1, NaN],
      ]),
    ).toBeUndefined()
  })

  test('puts a power of ten at equal distances', () => {
    const scale = { log: true, low: 0.001, high: 1 }
    expect([1, 0.1, 0.01, 0.001].map((lr) => Math.round(rateY(scale, 90, lr)))).toEqual([0, 30, 60, 90])
    expect(rateMarks(scale, 90, 14)).toEqual([1, 0.1, 0.01, 0.001])
    expect(rateMarks(scale, 30, 14)).toEqual([1, 0.01])
  })

  test('steps where a phase begins and does not slope there', () => {
    const line = plannedLine({ rates, plan, scale: rateScale(rates)!, range: whole, width: 358, height: 50 })
    const step = line.filter(({ x }) => x === 73)
    expect(step.length).toBeGreaterThanOrEqual(2)
    expect(step[0]?.y).toBeLessThan(step.at(-1)!.y)
    expect(line.at(-1)?.x).toBe(358)
  })

  test('draws only what is in sight', () => {
    const line = plannedLine({
      rates,
      plan: undefined,
      scale: rateScale(rates)!,
      range: { start: 100, end: 101 },
      width: 358,
      height: 50,
    })
    expect(line.length).toBeLessThan(10)
  })
})

describe('the band of waiting', () => {
  const bands = (stretches: RunView['inputBound'], width = 358, range = whole) =>
    inputBands({ stretches, range, width, measure })

  test('is as long as its stretch, with its share on it where that fits', () => {
    const [band] = bands([{ start: 10, end: 130, share: 0.434 }])
    expect(band).toMatchObject({ x: 10, width: 120 })
    expect(band?.label).toMatchObject({ text: 'input-bound 43 %', inside: true })
    expect(band?.label?.x).toBeCloseTo(10 + (120 - 16 * 5.5) / 2)
  })

  test('has its words beside it where it is short, and fewer where there is no room', () => {
    const short = (next: number) =>
      bands([
        { start: 10, end: 20, share: 0.5 },
        { start: next, end: next + 1, share: 0.3 },
      ])[0]?.label
    expect(short(200)).toEqual({ text: 'input-bound 50 %', x: 24, inside: false })
    expect(short(60)).toEqual({ text: '50 %', x: 24, inside: false })
    expect(short(30)).toBeUndefined()
    expect(
      bands([
        { start: 10, end: 50, share: 0.5 },
        { start: 51, end: 52, share: 1 },
      ])[0]?.label,
    ).toMatchObject({
      text: '50 %',
      inside: true,
    })
  })

  test('is seen however short it is, also at the very end', () => {
    const ends = bands([
      { start: 100, end: 100.001, share: 0.5 },
      { start: 358, end: 358, share: 0.5 },
    ])
    expect(ends.map(({ x, width }) => [x, width])).toEqual([
      [100, 2],
      [356, 2],
    ])
  })

  test('leaves out what is not in sight and is cut at the edge', () => {
    const stretches = [
      { start: 0, end: 9, share: 0.3 },
      { start: 5, end: 15, share: 0.5 },
      { start: 30, end: 40, share: 0.5 },
    ]
    expect(bands(stretches.slice(1), 100, { start: 10, end: 20 })).toMatchObject([{ x: 0, width: 50 }])
    expect(bands(stretches.slice(0, 1), 100, { start: 10, end: 20 })).toEqual([])
  })

  test('is told to people who hear the page', () => {
    expect(inputLines({ inputBound: [{ start: 0, end: 12.44, share: 0.434 }] })).toEqual([
      'Epochs 0.0 to 12.4: 43 % of the time waiting for data',
    ])
  })
})

describe('the events lane', () => {
  test('joins marks that would overlap and shows the weightiest', () => {
    const ticks = eventTicks(sampleMarks, whole, 200)
    expect(ticks.map(({ kind, marks }) => [kind, marks.length])).toEqual([
      ['checkpoint', 1],
      ['best', 1],
      ['held', 2],
      ['edit', 1],
      ['problem', 1],
      ['checkpoint', 1],
    ])
    expect(eventTicks(sampleMarks, whole, 20).map(({ kind }) => kind)).toEqual(['problem'])
  })

  test('finds the mark near the pointer and tells it', () => {
    const ticks = eventTicks(sampleMarks, whole, 358)
    expect(inWords(tickNear(ticks, 58)!)).toContain('epoch 60.0 · Best top-1 so far')
    expect(tickNear(ticks, 40)).toBeUndefined()
  })

  test('counts what does not fit in a tooltip', () => {
    const marks = Array.from({ length: 9 }, () => sampleMarks[0]!)
    expect(inWords(eventTicks(marks, whole, 100)[0]!)).toMatch(/\nand 3 more$/)
  })

  test('leaves out what is not in sight', () => {
    expect(eventTicks(sampleMarks, { start: 0, end: 30 }, 200)).toHaveLength(1)
  })
})

describe('the readout', () => {
  const run = sampleRun(recipes.kinetics, 171.6)

  test('tells planned and used rates of an epoch, only the plan of the future', () => {
    expect(readouts.rate(run, 120)).toBe('planned 0.2 · used 0.2')
    expect(readouts.rate(run, 345)).toBe('planned 1e-4')
  })

  test('keeps the rate of a phase up to its end', () => {
    expect(rateAt(run, 72.99)).toBeCloseTo(0.8)
    expect(rateAt(run, 73)).toBeCloseTo(0.4)
  })

  test('says nothing of losses that are not there yet', () => {
    expect(bucketValues(run.curves.loss, 200)).toBeUndefined()
    expect(readouts.loss(sampleRun(recipes.kinetics, undefined), 10)).toBe('')
  })

  test('says beside the throughput what share was waiting, where training was input-bound', () => {
    const waiting = { ...run, inputBound: [{ start: 10, end: 20, share: 0.43 }] }
    expect(readouts.throughput(waiting, 15)).toMatch(/^\d.* · wait 43 %$/)
    expect(readouts.throughput(waiting, 25)).not.toContain('wait')
  })

  test('names the mAP of an evaluation that has one, else its top-1', () => {
    const evaluation = { epoch: 0, iteration: 0, loss: 1, top1: 0.613, top5: 0.9, k: 5 }
    expect(readouts.top1({ ...run, evaluations: [evaluation] }, 10)).toMatch(/ · val 61.3 %$/)
    const judged = { ...evaluation, map: 0.4119 }
    expect(readouts.top1({ ...run, evaluations: [judged] }, 10)).toMatch(/ · val mAP 41.2 %$/)
  })

  test('names the shape that the long cycle asks for', () => {
    expect(readouts.grid(run, 0)).toBe('512 × 8 × 158² · stride 2–8')
    expect(readouts.grid(run, 358)).toBe('64 × 32 × 224² · stride 2')
    expect(readouts.grid(run, 400)).toBe('')
  })
})

test('the table for screen readers says what was done, what trains and what was not as planned', () => {
  const run = sampleRun(recipes.motion, 10)
  const spans = [...run.spans, { phase: 0, start: 1, end: 2, mismatch: true }]
  const rows = phaseRows({ ...run, spans })
  expect(rows[0]).toEqual([
    '1',
    '0 to 9',
    '128 × 4 × 56², 64 × 4 × 79²',
    '2–8',
    '1',
    'done, with shapes that were not planned',
  ])
  expect(rows.map((row) => row[5]).slice(1, 3)).toEqual(['training', 'planned'])
  expect(rows.at(-1)?.[2]).toContain('fine-tune')
})
