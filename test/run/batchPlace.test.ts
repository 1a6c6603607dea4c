import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load'
import type { Config } from '../../src/config/schema'
import type { EventPayload } from '../../src/protocol/events'
import { ratePoints, wirePlanOf } from '../../src/protocol/wirePlan'
import { batchPlace } from '../../src/run/batchPlace'
import { createRun } from '../../src/run/runFolders'
import { totalIterations } from '../../src/schedule/iterations'
import { epochRows, makePlan } from '../../src/schedule/plan'

const trainClips = 100

let folder: string
let runFolder: string
let config: Config

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'batches '))
  const schedule = path.join(folder, 'mine.multigrid.json')
  writeFileSync(schedule, '{ "data": { "train": "clips" }, "train": { "batch": 4, "epochs": 40 } }')
  config = loadConfig(schedule).config
  runFolder = createRun({ schedule, config }).folder
})
afterEach(() => rmSync(folder, { recursive: true }))

const planned = () => totalIterations(makePlan(config), trainClips)

function record(...events: EventPayload[]): void {
  const lines = events.map((event, index) => `${JSON.stringify({ seq: index + 1, time: index, ...event })}\n`)
  writeFileSync(path.join(runFolder, 'events.jsonl'), lines.join(''))
}

function started(iteration = 0): EventPayload {
  return {
    type: 'run',
    id: path.basename(runFolder),
    name: 'mine',
    model: '',
    parameters: 1,
    flopsPerClip: [],
    classes: ['left', 'right'],
    clips: { train: trainClips, val: 0 },
    backend: 'wasm',
    device: '',
    reason: '',
    versions: {},
    iteration,
    epoch: 0,
  }
}

function plan(iterations: number, changes: string[] = []): EventPayload {
  const made = makePlan(config)
  return {
    type: 'plan',
    plan: wirePlanOf(made),
    iterations,
    rates: ratePoints(epochRows(config, made)),
    changes,
  }
}

function steps(from: number, to: number): EventPayload[] {
  return Array.from({ length: to - from + 1 }, (_, index): EventPayload => ({
    type: 'step',
    iteration: from + index,
    epoch: 0,
    phase: 0,
    shape: { batch: 4, frames: 4, size: 56, stride: 2 },
    lr: 0.1,
    loss: 1,
    top1: 0,
    clips: 4,
    seconds: { data: 0, compute: 1 },
    progress: 0,
    secondsLeft: 0,
  }))
}

describe('the place of a batch', () => {
  it('is the last iteration on record, or the one that is asked for', async () => {
    record(started(), plan(planned()), ...steps(0, 7))
    expect(await batchPlace(runFolder)).toEqual({ config, iteration: 7, offset: 0, trainClips })
    expect(await batchPlace(runFolder, 500)).toMatchObject({ iteration: 500, offset: 0 })
  })

  it('is the first one of a run that has a plan and no step yet', async () => {
    record(started(), plan(planned()))
    expect(await batchPlace(runFolder)).toMatchObject({ iteration: 0, offset: 0 })
  })

  it('is not there while a run is starting, in a sentence', async () => {
    await expect(batchPlace(runFolder)).rejects.toThrow('The run is still starting: it has no batch yet.')
    record(started())
    await expect(batchPlace(runFolder)).rejects.toThrow('The run is still starting')
  })

  it('after an edit counts what was trained more, and begins with the edit', async () => {
    record(started(), plan(900), ...steps(0, 9), plan(planned() + 6, ['train.batch: 8 → 4']))
    expect(await batchPlace(runFolder)).toMatchObject({ iteration: 10, offset: 6 })
    expect(await batchPlace(runFolder, 12)).toMatchObject({ iteration: 12, offset: 6 })
    await expect(batchPlace(runFolder, 9)).rejects.toThrow(
      'The schedule was edited at iteration 10: batches from before it cannot be made anew.',
    )
    record(
      started(),
      plan(900),
      ...steps(0, 9),
      plan(planned() - 3, ['train.batch: 2 → 4']),
      ...steps(10, 20),
    )
    expect(await batchPlace(runFolder)).toMatchObject({ iteration: 20, offset: -3 })
  })

  it('after a resume from a checkpoint begins where the edited schedule trains again', async () => {
    const killed = [started(), plan(900), ...steps(0, 9)]
    record(...killed, started(8), plan(900), plan(planned(), ['train.momentum: 0.9 → 0.8']))
    expect(await batchPlace(runFolder)).toMatchObject({ iteration: 8 })
    await expect(batchPlace(runFolder, 7)).rejects.toThrow('edited at iteration 8')
    record(
      ...killed,
      plan(planned(), ['train.momentum: 0.9 → 0.8']),
      started(6),
      plan(planned()),
      ...steps(6, 6),
    )
    expect(await batchPlace(runFolder)).toMatchObject({ iteration: 6 })
    await expect(batchPlace(runFolder, 5)).rejects.toThrow('edited at iteration 6')
  })

  it('cannot be told when the run is gone from the disk', async () => {
    unlinkSync(path.join(runFolder, 'config.json'))
    await expect(batchPlace(runFolder)).rejects.toThrow(/schedule in .* cannot be read \(ENOENT\)/)
  })
})
