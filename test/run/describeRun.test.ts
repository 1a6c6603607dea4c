import { describe, expect, it } from 'vitest'
import { endStates, runStates } from '../../src/protocol/events'
import type { EventPayload } from '../../src/protocol/events'
import { describeRun, runDetails } from '../../src/run/describeRun'
import { matchesFilter } from '../../src/run/matchesFilter'
import { runFacts } from '../../src/run/runFacts'
import type { RunFacts } from '../../src/run/runFacts'
import { RunHistory } from '../../src/run/RunHistory'
import type { KnownRun } from '../../src/run/runFolders'

const facts: RunFacts = {
  id: '20261126-140500-motion',
  name: 'motion',
  folder: '/w/.multigrid/runs/20261126-140500-motion',
  schedule: '/w/recipes/slow.multigrid.json',
  created: new Date(2026, 10, 26, 14, 5).toISOString(),
  state: 'running',
  reason: 'training from iteration 0',
  iteration: 1234,
  iterations: 35_800,
  epoch: 12.34,
  epochs: 358,
  secondsLeft: 7200,
  seconds: 11_400,
  best: { top1: 0.712 },
  backend: 'tfjs-node-gpu',
  device: 'NVIDIA A100',
}

const run = (record: Partial<KnownRun['record']>): KnownRun => ({
  folder: facts.folder,
  record: {
    id: facts.id,
    name: facts.name,
    created: facts.created,
    schedule: facts.schedule,
    state: 'stopped',
    reason: 'by a person',
    ...record,
  },
})

describe('a run in a list', () => {
  it.each<[RunFacts['state'], string]>([
    ['connecting', 'connecting · epoch 12.3/358 · top-1 71.2 %'],
    ['running', 'running · epoch 12.3/358 · top-1 71.2 % · 2 h left'],
    ['held', 'paused · epoch 12.3/358 · top-1 71.2 % · 3 h 10 min · tfjs-node-gpu'],
    ['released', 'paused, device freed · epoch 12.3/358 · top-1 71.2 % · 3 h 10 min · tfjs-node-gpu'],
    ['finished', 'finished · top-1 71.2 % · 3 h 10 min · tfjs-node-gpu'],
    ['failed', 'failed · epoch 12.3/358 · top-1 71.2 % · 3 h 10 min · tfjs-node-gpu'],
    ['gone', 'the trainer is gone · epoch 12.3/358 · top-1 71.2 % · 3 h 10 min · tfjs-node-gpu'],
  ])('that is %s is described so', (state, words) => {
    expect(describeRun({ ...facts, state })).toBe(words)
  })

  it('says no more than is known of it, and mAP where that is what counts', () => {
    const { id, name, folder, schedule, created, reason } = facts
    const bare = { id, name, folder, schedule, created, reason, state: 'starting' } as const
    expect(describeRun(bare)).toBe('starting')
    expect(describeRun({ ...bare, state: 'finished', best: { top1: 0.9, map: 0.412 } })).toBe(
      'finished · mAP 41.2 %',
    )
  })

  it('has all that is known in its details', () => {
    expect(runDetails({ ...facts, state: 'stopped', reason: 'by a person' }, 2048)).toEqual([
      ['Schedule', 'slow.multigrid.json'],
      ['Created', '2026-11-26 14:05'],
      ['State', 'stopped: by a person'],
      ['Best top-1', '71.2 %'],
      ['Epoch', '12.3/358'],
      ['Iterations', '1,234 of 35,800'],
      ['Trained for', '3 h 10 min'],
      ['Backend', 'tfjs-node-gpu'],
      ['Device', 'NVIDIA A100'],
      ['Checkpoints', '2 GiB'],
    ])
  })

  it('is known by its record alone', () => {
    const known = runFacts(
      run({
        engine: 'tfjs-node-gpu (NVIDIA A100 (80 GB))',
        bestTop1: 0.5,
        progress: { iteration: 7, iterations: 70, epoch: 1.5, epochs: 10, seconds: 90 },
      }),
    )
    expect(known).toMatchObject({ backend: 'tfjs-node-gpu', device: 'NVIDIA A100 (80 GB)', iteration: 7 })
    expect(describeRun(known)).toBe('stopped · epoch 1.5/10 · top-1 50.0 % · 2 min · tfjs-node-gpu')
  })

  it.each(runStates)('whose record says %s is taken by its word only if that is a last one', (state) => {
    expect(runFacts(run({ state })).state).toBe(endStates.includes(state) ? state : 'connecting')
  })

  it('is what its trainer tells where it is followed', () => {
    const history = new RunHistory(facts.id, facts.name)
    let seq = 0
    const push = (event: EventPayload) => history.push({ seq: ++seq, time: seq, ...event })
    const evaluation = { type: 'evaluation', clips: 8, loss: 1, top5: 1, k: 5, seconds: 3 } as const
    push({ type: 'state', state: 'running', reason: 'training' })
    push({ ...evaluation, iteration: 1, epoch: 1, top1: 0.8 })
    push({ ...evaluation, iteration: 2, epoch: 2, top1: 0.6 })
    const followed = runFacts(run({ state: 'running', bestTop1: 0.1 }), history)
    expect(followed).toMatchObject({ state: 'running', best: { top1: 0.8 }, seconds: 6 })
    expect(runFacts(run({ state: 'finished' }), new RunHistory('x', 'x')).state).toBe('finished')
  })
})

describe('the filter of runs', () => {
  it.each(['', 'mot', 'MOTION running', 'slow.multigrid', '2026-11-26', 'november', '14:05', 'run  motion'])(
    'shows it for "%s"',
    (filter) => expect(matchesFilter(facts, filter)).toBe(true),
  )

  it.each(['failed', 'motion failed', 'recipes', 'december', '2026-11-27'])('hides it for "%s"', (filter) =>
    expect(matchesFilter(facts, filter)).toBe(false),
  )

  it('knows states by the words of people and of the protocol', () => {
    for (const words of ['paused', 'held'])
      expect(matchesFilter({ ...facts, state: 'held' }, words)).toBe(true)
  })
})
