import * as assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { loadConfig } from '../../../src/config/load'
import { createRun, listRuns } from '../../../src/run/runFolders'
import { EventLog } from '../../../src/trainer/EventLog'
import { RunFolder } from '../../../src/trainer/RunFolder'
import { extensionUnderTest } from '../extensionUnderTest'
import { useWindow } from '../useWindow'

const link = '[open](command:workbench.action.toggleSidebarVisibility)'

describe('a folder that is not trusted', () => {
  let folder = ''
  let schedule = ''
  let met = 0
  const stranger = createServer((socket) => {
    met++
    socket.destroy()
  })
  const window = useWindow(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'multigrid-restricted-'))
    schedule = path.join(folder, 'small.multigrid.json')
    writeFileSync(schedule, '{ "data": { "train": "train" }, "train": { "batch": 8, "epochs": 24 } }\n')
    writeFileSync(path.join(folder, `${link}.yaml`), 'SOLVER: {MAX_EPOCH: [')
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    return { folder, extensions: [extensionUnderTest], trust: false }
  })
  const view = () => window().webview('multigrid.multigrid')

  after(() => {
    stranger.close()
    rmSync(folder, { recursive: true })
  })

  it('shows the plan of its schedule, and says that nothing is started', async () => {
    await window().openSidebar('Multigrid')
    await view().getByText('Not started', { exact: true }).waitFor()
    await view()
      .getByText(/^This workspace is not trusted/)
      .waitFor()
    await view()
      .getByRole('row', { name: /fine-tune/ })
      .waitFor({ state: 'attached' })
    await window().screenshot('restricted-planned')
  })

  it('shows a run as it is on record, and connects to nobody that the record names', async () => {
    const { folder: run } = createRun({ schedule, config: loadConfig(schedule).config })
    const log = new EventLog(path.join(run, 'events.jsonl'))
    log.append({ type: 'state', state: 'running', reason: 'training' })
    log.append({ type: 'problem', kind: 'note', message: `a problem ${link}` })
    log.close()
    const { port } = stranger.address() as AddressInfo
    new RunFolder(run).update({ state: 'running', pid: process.pid, port, token: 'x' })
    await window().reload()
    await window().openSidebar('Multigrid')
    await view().getByText('Training', { exact: true }).waitFor()
    await view().getByText(`a problem ${link}`).waitFor()
    await view().getByText('The workspace is not trusted: shown is what is on record.').first().waitFor()
    await window().screenshot('restricted-run')
    assert.equal(met, 0)
  })

  for (const [title, what] of [
    ['Multigrid: Start Training', 'Training'],
    ['Multigrid: Resume', 'Training'],
    ['Multigrid: Check Dataset', 'The check'],
    ['Multigrid: Show Current Batch', 'Showing a batch'],
    ['Multigrid: Install TensorFlow Runtime', 'The install'],
  ] as const) {
    it(`refuses "${title}"`, async () => {
      await window().command(title)
      await window()
        .notifications()
        .getByText(`${what} runs programs on data of this folder. Trust the workspace first`)
        .first()
        .waitFor()
      await window().command('Notifications: Clear All Notifications')
      await window().notifications().first().waitFor({ state: 'hidden' })
    })
  }

  it('refuses to steer a trainer', async () => {
    await window().command('Multigrid: Stop')
    await window()
      .notifications()
      .getByText(/^Trainers of this folder are not connected to/)
      .waitFor()
    await window().command('Notifications: Clear All Notifications')
    assert.equal(met, 0)
    assert.equal(listRuns(folder).length, 1)
    assert.deepEqual(readdirSync(path.join(listRuns(folder)[0]!.folder)).sort(), [
      'config.json',
      'events.jsonl',
      'run.json',
    ])
  })

  it('makes no link of what a file is called', async () => {
    await window().command('Multigrid: Import PySlowFast Config…')
    await window().answer(path.join(folder, `${link}.yaml`))
    const told = window().notifications().filter({ hasText: '.yaml' })
    await told.waitFor()
    await window().screenshot('restricted-link')
    assert.equal(await told.locator('.notification-list-item-message a').count(), 0)
  })
})
