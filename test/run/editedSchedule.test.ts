import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load'
import { editedSchedule, takeReading } from '../../src/run/editedSchedule'
import { createRun } from '../../src/run/runFolders'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'edited '))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a schedule that was edited since its run began', () => {
  it('gives a trainer that starts how clips are read, and leaves the rest to be applied', () => {
    const schedule = path.join(folder, 'mine.multigrid.json')
    writeFileSync(schedule, '{ "data": { "train": "clips", "workers": 2 }, "train": { "epochs": 40 } }')
    const run = createRun({ schedule, config: loadConfig(schedule).config })
    writeFileSync(
      schedule,
      '{ "data": { "train": "clips", "workers": 8, "cacheMiB": 4096 }, "train": { "epochs": 40, "momentum": 0.8 } }',
    )
    const edited = editedSchedule(run)!
    expect(edited.changes).toEqual([
      'data.workers: 2 → 8',
      'data.cacheMiB: 1024 → 4096',
      'train.momentum: 0.9 → 0.8',
    ])
    takeReading(run.folder, edited.config)
    expect(JSON.parse(readFileSync(path.join(run.folder, 'config.json'), 'utf8'))).toMatchObject({
      data: { workers: 8, cacheMiB: 4096 },
      train: { momentum: 0.9 },
    })
    expect(editedSchedule(run)?.changes).toEqual(['train.momentum: 0.9 → 0.8'])
  })
})
