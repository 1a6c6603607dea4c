import { expect, test } from 'vitest'
import type { RunPhase } from '../../src/protocol/view'
import {
  deviceWords,
  epochWords,
  nextWords,
  nowFacts,
  phaseWords,
  timeWords,
  waitingWords,
} from '../../webview/panels/nowWords'
import { shapeCells } from '../../webview/panels/shapeTable'
import { lookOf, wordsOf } from '../../webview/runState'
import { recipes, sampleRun, scenes } from './fixtures/sampleRun'

const commands = (state: RunPhase, id = 'a') =>
  lookOf(sampleRun(recipes.motion, 1, { state, id })).actions.map(({ command }) => command)

test.each<[RunPhase, string[]]>([
  ['running', ['hold', 'stop', 'checkpoint', 'release']],
  ['held', ['resume', 'stop', 'release']],
  ['released', ['resume', 'start']],
  ['stopped', ['resume', 'start']],
  ['failed', ['resume', 'start', 'openLog']],
  ['elsewhere', ['openLog']],
  ['gone', ['resume', 'start', 'openLog']],
  ['finished', ['start', 'openLog']],
  ['stopping', []],
  ['releasing', []],
])('a run that is %s offers %j', (state, offered) => expect(commands(state)).toEqual(offered))

test('a plan that nobody started offers to start it, whatever its state says', () => {
  expect(commands('stopped', '')).toEqual(['start', 'openSchedule'])
})

test('a list of runs says states in short', () => {
  expect(wordsOf('holding')).toBe('Pausing after this step')
  expect(wordsOf('held')).toBe('Paused')
})

const run = sampleRun(recipes.motion, 12.4)

test('now is said in words', () => {
  expect(epochWords(run)).toBe('Epoch 12.4 of 40')
  expect(phaseWords(run)).toEqual(['phase 2 of 9', '64 × 8 × 56²', 'stride 4'])
  expect(nextWords(run)).toEqual(['then 16 × 8 × 112²', 'from epoch 14'])
})

test('the last phase has nothing after it', () => {
  expect(nextWords(sampleRun(recipes.motion, 39))).toEqual([])
})

test('time left is said while there is any, and what multigrid gains where it is known', () => {
  expect(timeWords(run)).toEqual(['2 h left', '3.4× faster than without multigrid'])
  expect(timeWords({ ...run, state: 'finished' })).toEqual(['3.4× faster than without multigrid'])
})

test('of a plan its length is said, and what it takes or how much less work it is, as far as that is known', () => {
  const planned = { ...scenes['planned']!.run!, iterations: 12_345 }
  expect(phaseWords(planned)).toEqual(['40 epochs', '9 phases', '12,345 iterations'])
  expect(phaseWords({ ...planned, iterations: 0 })).toEqual(['40 epochs', '9 phases'])
  expect(timeWords({ ...planned, workSaved: 2 })).toEqual([
    'takes 2 h 53 min',
    '3.4× faster than without multigrid',
    'as an earlier run was timed',
  ])
  const { forecast, ...untimed } = planned
  expect(forecast).toBeDefined()
  expect(timeWords({ ...untimed, workSaved: 3.44 })).toEqual(['3.4× less work than without multigrid'])
  expect(timeWords({ ...untimed, workSaved: 0.5 })).toEqual(['2× more work than without multigrid'])
  expect(timeWords(untimed)).toEqual([])
})

test('waiting for data is a number, and a warning while it holds training up', () => {
  const waiting = (inputShare: number, inputBound: boolean) =>
    nowFacts({ ...run.now!, inputShare, inputBound }).find(({ name }) => name === 'data wait')
  expect(waiting(0.2, false)).toEqual({ name: 'data wait', value: '20 %', warn: false })
  expect(waiting(0.84, true)).toEqual({ name: 'data wait', value: '84 %', warn: true })
})

test('a run says that it is input-bound, and nothing where it is not', () => {
  const now = { ...run.now!, inputShare: 0.842, inputBound: true }
  expect(waitingWords({ now })).toBe('input-bound, 84 %')
  expect(waitingWords({ now: { ...now, inputBound: false } })).toBe('')
  expect(waitingWords(sampleRun(recipes.motion, undefined))).toBe('')
})

test('a gauge that the machine lacks is not shown as zero', () => {
  expect(deviceWords(run)).toEqual(['CPU 184 %', '1.3 GiB RAM'])
  const device = { ...run.device!, gpuUtilisation: 93, gpuMemoryMiB: 6246, gpuMemoryTotalMiB: 8192 }
  expect(deviceWords({ ...run, device }).slice(0, 2)).toEqual(['GPU 93 %', '6.1 GiB of 8 GiB'])
})

test('a shape is told with its throughput', () => {
  const stats = {
    shape: { batch: 64, frames: 8, size: 56 },
    steps: 3,
    clipsPerSecond: 223.4,
    secondsPerStep: 0.287,
    inputShare: 0.05,
  }
  expect(shapeCells(stats)).toEqual(['64 × 8 × 56²', '223', '287 ms', '5 %'])
})
