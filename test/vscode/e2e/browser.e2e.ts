import * as assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { loadConfig } from '../../../src/config/load'
import { createRun } from '../../../src/run/runFolders'
import { RunFolder } from '../../../src/trainer/RunFolder'
import { EventLog } from '../../../src/trainer/EventLog'
import { makePlan } from '../../../src/schedule/plan'
import { wirePlanOf } from '../../../src/protocol/wirePlan'
import { extensionUnderTest } from '../extensionUnderTest'
import { until } from '../until'
import { useWindow } from '../useWindow'

describe('in the browser', () => {
  let folder = ''
  const window = useWindow(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'multigrid-web-'))
    const schedule = path.join(folder, 'small.multigrid.json')
    writeFileSync(schedule, '{ "data": { "train": "train" }, "train": { "batch": 8, "epochs": 24 } }\n')
    return { folder, extensions: [extensionUnderTest], webExtension: 'multigrid.multigrid' }
  })
  const view = () => window().webview('multigrid.multigrid')

  after(() => rmSync(folder, { recursive: true }))

  it('previews the schedule that is typed, and underlines what is wrong', async () => {
    await window().openSidebar('Multigrid')
    await view().getByText('Not started', { exact: true }).waitFor()
    await view()
      .getByText(/^Training needs a desktop or remote window/)
      .waitFor()
    await view()
      .getByRole('row', { name: /fine-tune/ })
      .waitFor({ state: 'attached' })
    await window().screenshot('browser-planned')
    await window().openFile('small.multigrid.json')
    await window().typeAtStart('nonsense')
    await view()
      .getByText(/^Line 1: /)
      .waitFor()
    await window().page.locator('.squiggly-error').first().waitFor()
    await window().screenshot('browser-mistake')
    await window().page.keyboard.press('Control+Z')
    await view()
      .getByRole('row', { name: /fine-tune/ })
      .waitFor({ state: 'attached' })
  })

  it('runs in a worker of the page, where no process can be started', async () => {
    const workers = window()
      .page.workers()
      .map((worker) => worker.url())
    const frames = window()
      .page.frames()
      .map((frame) => frame.url())
    assert.ok(
      [...workers, ...frames].some((url) => /webWorkerExtensionHost|extensionHostWorker/i.test(url)),
      [...workers, ...frames].join('\n'),
    )
    await window().command('Multigrid: Start Training')
    await window()
      .notifications()
      .getByText(/^Training needs a desktop or remote window/)
      .waitFor()
    await window().screenshot('browser-start')
  })

  it('shows a run that was recorded', async () => {
    const schedule = path.join(folder, 'small.multigrid.json')
    const { config } = loadConfig(schedule)
    const { folder: run } = createRun({ schedule, config })
    const log = new EventLog(path.join(run, 'events.jsonl'))
    log.append({
      type: 'plan',
      plan: wirePlanOf(makePlan(config)),
      iterations: 100,
      rates: [[0, 0.1]],
      changes: [],
    })
    for (let iteration = 0; iteration < 50; iteration++) {
      log.append({
        type: 'step',
        ...{
          iteration,
          epoch: iteration / 10,
          phase: 0,
          shape: { batch: 64, frames: 4, size: 79, stride: 4 },
          lr: 0.1,
        },
        ...{ loss: 2 - iteration / 50, top1: 0.5, clips: 64, seconds: { data: 0.01, compute: 0.2 } },
        ...{ progress: iteration / 100, secondsLeft: 100 - iteration },
      })
    }
    log.close()
    new RunFolder(run).update({ state: 'finished', reason: 'all epochs are trained', token: 'secret' })
    await window().reload()
    await window().openSidebar('Multigrid')
    await view().getByText('Finished', { exact: true }).waitFor()
    await view().getByText('all epochs are trained (as it was recorded)').first().waitFor()
    await until('the loss', async () => {
      assert.ok(await view().getByText('Loss', { exact: true }).isVisible())
    })
    await window().screenshot('browser-run')
  })
})
