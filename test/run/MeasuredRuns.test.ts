import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load'
import { parseConfig } from '../../src/config/parse'
import type { EventPayload } from '../../src/protocol/events'
import { runFiles } from '../../src/protocol/runRecord'
import { wirePlanOf } from '../../src/protocol/wirePlan'
import { MeasuredRuns } from '../../src/run/MeasuredRuns'
import { createRun } from '../../src/run/runFolders'
import type { KnownRun } from '../../src/run/runFolders'
import { knowledgeOf } from '../../src/run/runMeasures'
import { makePlan } from '../../src/schedule/plan'
import { introduction, linesOf } from './recordedRun'

const folder = mkdtempSync(path.join(tmpdir(), 'measured-runs-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A run that has timed each shape at `seconds`, or has not got so far. */
function run(name: string, text: string, seconds?: number): KnownRun {
  const schedule = path.join(folder, `${name}.multigrid.json`)
  writeFileSync(schedule, text)
  const { config } = loadConfig(schedule)
  const made = createRun({ schedule, config })
  const plan = makePlan(config)
  const planned: EventPayload = {
    type: 'plan',
    plan: wirePlanOf(plan),
    iterations: 1,
    rates: [],
    changes: [],
    forecast: {
      secondsLeft: 1,
      phaseSeconds: [],
      secondsPerStep: plan.phases.map(({ shapes }) => shapes.map(() => seconds ?? 0)),
    },
  }
  const events = seconds === undefined ? [] : [introduction(made.record.id, name), planned]
  writeFileSync(path.join(made.folder, runFiles.events), linesOf(events))
  return made
}

const text = '{ "data": { "train": "clips" }, "train": { "epochs": 40 } }'
const wider = text.replace('"train": {', '"model": { "width": 32 }, "train": {')
const full = { batch: 8, frames: 16, size: 112, jitter: [128, 160] as const }

it('believes the runs of the schedule before those of others, and passes over one that has timed nothing', async () => {
  const [older, newest, other] = [run('mine', text, 0.5), run('mine', text), run('other', text, 2)]
  const found = await new MeasuredRuns().of(path.join(folder, 'mine.multigrid.json'), [other, newest, older])
  expect(found.map(({ seconds }) => seconds(full))).toEqual([0.5, 2])
})

it('reads a record once, and again when it has grown', async () => {
  const one = run('grows', text, 0.5)
  const runs = new MeasuredRuns()
  const schedule = path.join(folder, 'grows.multigrid.json')
  const [first] = await runs.of(schedule, [one])
  expect((await runs.of(schedule, [one]))[0]).toBe(first)
  const step = {
    type: 'step',
    ...{ iteration: 0, epoch: 0, phase: 0, lr: 0.1, loss: 1, top1: 0, clips: 8, progress: 0, secondsLeft: 1 },
    shape: { batch: 8, frames: 16, size: 112, stride: 2 },
    seconds: { data: 0, compute: 3 },
  } satisfies EventPayload
  appendFileSync(path.join(one.folder, runFiles.events), linesOf([step], 3))
  expect((await runs.of(schedule, [one]))[0]!.seconds(full)).toBe(3)
})

it('says of a schedule only what holds of it: clips of the same data, times of the same network', async () => {
  const own = run('holds', text, 0.5)
  const runs = await new MeasuredRuns().of(path.join(folder, 'holds.multigrid.json'), [own])
  const relative = (written: string) => knowledgeOf(parseConfig(written).config!, folder, runs)
  expect(relative(text).seconds!(full)).toBe(0.5)
  expect(relative(text).clips).toBe(runs[0]!.clips)
  expect(Object.keys(relative(wider))).toEqual(['clips'])
  expect(Object.keys(relative(text.replace('clips', 'others')))).toEqual(['seconds'])
  expect(Object.keys(relative(text.replace('}, "train"', '}, "engine": { "devices": 2 }, "train"')))).toEqual(
    ['clips'],
  )
})

it('knows nothing by a folder that cannot be read', async () => {
  const gone = run('gone', text, 1)
  rmSync(path.join(gone.folder, runFiles.config))
  expect(await new MeasuredRuns().of(path.join(folder, 'gone.multigrid.json'), [gone])).toEqual([])
})
