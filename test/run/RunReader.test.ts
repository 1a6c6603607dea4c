import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { RunReader } from '../../src/run/RunReader'
import { settingRows } from '../../src/run/settingRows'
import { linesOf, recordRun } from './recordedRun'

const folder = mkdtempSync(path.join(tmpdir(), 'compared '))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a run that is read for a comparison', () => {
  it('is read once, and then on from where it was left; half a line waits for its end', async () => {
    const run = recordRun({ folder, name: 'a', steps: 3000 })
    const events = path.join(run.folder, 'events.jsonl')
    const reader = new RunReader(run)
    expect(reader.view().reading).toBe(true)
    await reader.read()
    const view = reader.view()
    expect(view).toMatchObject({ name: 'a', reading: false, facts: { iteration: 3000, state: 'stopped' } })
    expect(view.facts.evaluations).toHaveLength(30)
    expect(reader.takeUpdate()).toBeUndefined()

    const line = linesOf([{ type: 'state', state: 'failed', reason: 'é' }], 4000)
    appendFileSync(events, line.slice(0, 20))
    await reader.read()
    expect(reader.takeUpdate()).toBeUndefined()
    appendFileSync(events, line.slice(20))
    await reader.read()
    expect(reader.takeUpdate()).toMatchObject({ id: run.record.id, facts: { state: 'failed' }, curves: {} })
  })

  it('has nothing to show before its first event, and no fault', async () => {
    const run = recordRun({ folder, name: 'empty', steps: 0 })
    rmSync(path.join(run.folder, 'events.jsonl'))
    const reader = new RunReader(run)
    await reader.read()
    expect(reader.takeUpdate()).toMatchObject({ reading: false, facts: { iteration: 0 } })
  })

  it('passes over lines that are no events', async () => {
    const run = recordRun({ folder, name: 'odd', steps: 0 })
    writeFileSync(
      path.join(run.folder, 'events.jsonl'),
      `{"seq":1}\n\nnonsense\n${linesOf([{ type: 'state', state: 'held', reason: '' }], 2)}`,
    )
    const reader = new RunReader(run)
    await reader.read()
    expect(reader.view().facts.state).toBe('held')
  })
})

describe('the settings of runs that are compared', () => {
  it('are listed where they differ, a column a run', () => {
    const base = { name: 'a', train: { learningRate: 0.1, steps: [0, 94] }, data: { flip: true } }
    const rows = settingRows([
      base,
      { ...base, train: { learningRate: 0.05, steps: [0, 80] } },
      { ...base, name: 'b', data: { flip: true, fps: 30 } },
    ])
    expect(rows).toEqual([
      { key: 'name', values: ['a', 'a', 'b'] },
      { key: 'train.learningRate', values: ['0.1', '0.05', '0.1'] },
      { key: 'train.steps', values: ['[0, 94]', '[0, 80]', '[0, 94]'] },
      { key: 'data.fps', values: ['–', '–', '30'] },
    ])
  })

  it('are none where all are the same, and a config that cannot be read has none', () => {
    expect(settingRows([{ a: { b: [1] } }, { a: { b: [1] } }])).toEqual([])
    expect(settingRows([{ a: 1 }, undefined])).toEqual([{ key: 'a', values: ['1', '–'] }])
  })
})
