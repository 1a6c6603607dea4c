import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { loadConfig } from '../../../src/config/load'
import type { EventPayload } from '../../../src/protocol/events'
import { ratePoints, wirePlanOf } from '../../../src/protocol/wirePlan'
import { createRun } from '../../../src/run/runFolders'
import { epochRows, makePlan } from '../../../src/schedule/plan'
import { extensionUnderTest } from '../extensionUnderTest'
import { useWindow } from '../useWindow'

describe('a run that waited for data', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'waited '))
  const window = useWindow(() => {
    recordRun(folder)
    return Promise.resolve({ folder, extensions: [extensionUnderTest] })
  })
  after(() => rmSync(folder, { recursive: true }))

  it('shows where, and explains it in a page of measured facts', async () => {
    await window().openSidebar('Multigrid')
    await window()
      .webview('multigrid.multigrid')
      .getByRole('listitem')
      .filter({ hasText: /^Epochs 0\.0 to 4\.0: 84 % of the time waiting for data$/ })
      .waitFor({ state: 'attached' })
    await window().resizeSidebar(250)
    await window().webview('multigrid.multigrid').getByText('input-bound, 84 %').first().waitFor()
    await window().command('Multigrid: Explain Waiting for Data')
    const page = window().webview('vscode.markdown-language-features')
    await page.getByRole('heading', { name: 'Waiting for data: waited' }).waitFor()
    await page.getByText(/Training waited for data 84 % of its time so far/).waitFor()
    await page.getByRole('cell', { name: '64 × 4 × 79²' }).waitFor()
    await page.getByText(/Decode in more threads: "data\.workers": 13 in place of 4\./).waitFor()
    await window().screenshot('explain-waiting')
    await window().setTheme('highContrast')
    await window().screenshot('explain-waiting-high-contrast')
  })
})

/** A run on record, stopped in epoch 4: of 0.95 s a step it waited 0.80 s, with four threads that decode all the time. */
function recordRun(folder: string): void {
  const schedule = path.join(folder, 'waited.multigrid.json')
  writeFileSync(schedule, '{ "data": { "train": "clips", "workers": 4 }, "train": { "epochs": 40 } }')
  const { config } = loadConfig(schedule)
  const plan = makePlan(config)
  const run = createRun({ schedule, config })
  const shape = { batch: 64, frames: 4, size: 79, stride: 4 }
  const events: EventPayload[] = [
    {
      type: 'plan',
      plan: wirePlanOf(plan),
      iterations: 6000,
      rates: ratePoints(epochRows(config, plan)),
      changes: [],
    },
    ...Array.from({ length: 400 }, (_, iteration): EventPayload => ({
      type: 'step',
      iteration,
      epoch: iteration / 100,
      phase: 0,
      shape,
      lr: 0.01,
      loss: 2,
      top1: 0.2,
      clips: shape.batch,
      seconds: { data: 0.8, compute: 0.15 },
      progress: iteration / 6000,
      secondsLeft: 5000,
    })),
    {
      type: 'device',
      cpuUtilisation: 400,
      rssMiB: 2000,
      input: {
        workers: 4,
        cores: 16,
        busy: 4,
        decoded: 25_600,
        fromMemory: 0,
        fromDisk: 0,
        secondsPerClip: 0.03,
        memoryMiB: 1024,
        memoryLimitMiB: 1024,
      },
    },
    { type: 'state', state: 'stopped', reason: 'stopped by a person' },
  ]
  const lines = events.map((event, index) => `${JSON.stringify({ seq: index + 1, time: index, ...event })}\n`)
  writeFileSync(path.join(run.folder, 'events.jsonl'), lines.join(''))
  const record = { ...run.record, state: 'stopped', reason: 'stopped by a person' }
  writeFileSync(path.join(run.folder, 'run.json'), JSON.stringify(record), { mode: 0o600 })
}
