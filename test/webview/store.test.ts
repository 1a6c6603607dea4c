import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Curve, CurveName, HostToView, ViewState } from '../../src/protocol/view'
import { reduce } from '../../webview/store'
import { recipes, sampleRun, viewOf } from './fixtures/sampleRun'

const bare = viewOf(
  sampleRun(recipes.motion, 3, {
    curves: { loss: noPoints(), top1: noPoints(), clipsPerSecond: noPoints(), lr: noPoints() },
  }),
)

function noPoints(): Curve {
  return { epoch: [], mean: [], min: [], max: [] }
}

const points = (values: readonly number[]): Curve => ({
  epoch: [...values],
  mean: [...values],
  min: values.map((value) => value - 1),
  max: values.map((value) => value + 1),
})

/** What a host may do to a curve: replace everything from a share of its length on. */
const change = fc.record({
  curve: fc.constantFrom<CurveName>('loss', 'top1', 'clipsPerSecond', 'lr'),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  values: fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 8 }),
  state: fc.option(fc.constantFrom('running' as const, 'holding' as const, 'held' as const), {
    nil: undefined,
  }),
})

test('a snapshot and the updates after it equal the snapshot that a later view would get', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const truth: Record<CurveName, number[]> = { loss: [], top1: [], clipsPerSecond: [], lr: [] }
      let state: ViewState | undefined = reduce(undefined, { type: 'snapshot', state: bare })
      let words = bare.run!.state
      for (const { curve, share, values, state: next } of changes) {
        const from = Math.floor(share * truth[curve].length)
        truth[curve].splice(from, Infinity, ...values)
        words = next ?? words
        state = reduce(state, {
          type: 'update',
          curves: { [curve]: { from, points: points(values) } },
          ...(next && { run: { state: next } }),
        })
      }
      const curves = Object.fromEntries(Object.entries(truth).map(([name, values]) => [name, points(values)]))
      expect(state).toEqual({ ...bare, run: { ...bare.run, state: words, curves } })
    }),
  )
})

test('an update leaves the state before it as it was', () => {
  const before = structuredClone(bare)
  reduce(bare, {
    type: 'update',
    run: { state: 'held' },
    curves: { loss: { from: 0, points: points([1, 2]) } },
  })
  expect(bare).toEqual(before)
})

const misfits: [string, ViewState | undefined, HostToView][] = [
  ['comes before any snapshot', undefined, { type: 'update', runs: [] }],
  ['is about another run', bare, { type: 'update', run: { id: 'another', state: 'held' } }],
  ['leaves a hole in a curve', bare, { type: 'update', curves: { loss: { from: 5, points: points([1]) } } }],
  [
    'is about a run where there is none',
    { runs: [], schedules: [] },
    { type: 'update', run: { state: 'held' } },
  ],
]

test.each(misfits)('an update that %s asks for a snapshot', (_, state, message) => {
  expect(reduce(state, message)).toBeUndefined()
})

test('a new list of runs reaches a view that shows none', () => {
  const runs = [{ id: 'a', name: 'a', state: 'running' as const, created: '' }]
  expect(reduce({ runs: [], schedules: ['a'] }, { type: 'update', runs })).toEqual({ runs, schedules: ['a'] })
})
