import * as assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunStateName } from '../../../src/protocol/events'
import { isAlive } from '../../../src/runtime/isAlive'
import { listRuns } from '../../../src/run/runFolders'
import { forHours, removeWorkspaces, workspace } from '../../trainer/process/workspace'
import type { Workspace } from '../../trainer/process/workspace'
import { extensionUnderTest } from '../extensionUnderTest'
import { until } from '../until'
import { useWindow } from '../useWindow'

const extensionId = 'multigrid.multigrid'

describe('training from the editor', () => {
  let place: Workspace
  const window = useWindow(async () => {
    place = await workspace(forHours)
    return { folder: place.folder, extensions: [extensionUnderTest] }
  })
  const view = () => window().webview(extensionId)
  const newest = () => listRuns(place.folder)[0]!.record
  /** The record follows the event that the view shows, after a write to the disk. */
  const recorded = (state: RunStateName) =>
    until(`run that is recorded as ${state}`, () => {
      assert.equal(newest().state, state)
    })

  after(() => {
    for (const { record } of listRuns(place.folder)) {
      if (record.pid !== undefined && isAlive(record.pid)) process.kill(record.pid, 'SIGKILL')
    }
    removeWorkspaces()
  })

  it('shows the plan of the schedule before the first run, as it is typed', async () => {
    await window().openSidebar('Multigrid')
    await view().getByText('Not started', { exact: true }).waitFor()
    const fineTuning = view().getByRole('row', { name: /2 × 8 × 32², fine-tune/ })
    await fineTuning.waitFor({ state: 'attached' })
    await window().openFile('small.multigrid.json')
    await window().typeAtStart('nonsense')
    await view()
      .getByText(/^Line 1: /)
      .waitFor()
    await window().screenshot('0-mistake')
    await window().page.keyboard.press('Control+Z')
    await fineTuning.waitFor({ state: 'attached' })
    await window().screenshot('1-before')
  })

  it('starts from the palette and shows the timeline', async () => {
    await window().openFile('small.multigrid.json')
    await window().command('Multigrid: Start Training')
    await view().getByText('Training', { exact: true }).waitFor()
    await view()
      .getByText(/clips\/s/)
      .first()
      .waitFor()
    await window()
      .statusBar()
      .getByText(/epoch \d+\.\d\/\d+ · .* left/)
      .waitFor()
    await delay(3000) // so that the picture shows some of the course
    await window().screenshot('2-training')
  })

  it('shows the batch that is trained on, a row for each clip', async () => {
    await view().getByRole('button', { name: 'Batch', exact: true }).click()
    const tab = (title: RegExp) => window().page.locator('.tab.active').filter({ hasText: title })
    await tab(/Batch of iteration \d+ - \d+ × \d × \d+²/).waitFor()
    const page = window()
      .page.locator(`iframe.webview[src*="extensionId=${extensionId}&"]`)
      .last()
      .contentFrame()
      .frameLocator('iframe#active-frame')
    const picture = page.getByRole('img', { name: /^\d frames of .*\.mp4$/ }).first()
    const isDrawn = () =>
      until('picture', async () => {
        const width = await picture.evaluate((image: { naturalWidth?: number }) => image.naturalWidth)
        assert.ok(width, `it is ${width} wide`)
      })
    await isDrawn()
    await window().screenshot('2-batch')
    await window().command('Multigrid: Show Batch of Iteration…')
    await window().answer('0')
    await tab(/Batch of iteration 0 - 32 × 2 × 16²/).waitFor()
    await isDrawn()
    assert.equal(await page.getByRole('listitem').count(), 32)
    await window().notifications().filter({ hasText: 'Reading a batch' }).waitFor({ state: 'hidden' })
    await window().setTheme('highContrast')
    await window().screenshot('2-batch-high-contrast')
    await window().setTheme('dark')
    await page
      .getByRole('button', { name: /\.mp4$/ })
      .first()
      .focus()
    await window().page.keyboard.press('Enter')
    await tab(/\.mp4$/).waitFor()
    await window().screenshot('2-batch-video')
    await window().command('View: Close All Editors')
  })

  it('pauses and resumes by its buttons', async () => {
    await view().getByRole('button', { name: 'Pause', exact: true }).click()
    await view().getByText('Paused, kept in memory', { exact: true }).waitFor()
    await recorded('held')
    await window()
      .statusBar()
      .getByText(/small: paused/)
      .waitFor()
    await window().screenshot('3-paused')
    await view().getByRole('button', { name: 'Resume' }).click()
    await view().getByText('Training', { exact: true }).waitFor()
    await recorded('running')
    await window()
      .statusBar()
      .getByText(/small \d+ % · epoch/)
      .hover()
    const hover = window().page.locator('.monaco-hover').filter({ hasText: 'small: running' })
    await hover.waitFor()
    await window().screenshot('3-status-bar')
    await hover.getByText('Pause', { exact: true }).click()
    await recorded('held')
    await window().command('Multigrid: Resume')
    await recorded('running')
  })

  const edit = (from: RegExp, to: string) =>
    writeFileSync(place.schedule, readFileSync(place.schedule, 'utf8').replace(from, to))
  const asks = (words: RegExp) => window().notifications().filter({ hasText: words })

  it('shows an edited schedule beside the one that trains, and takes it when asked', async () => {
    edit(/"epochs": 20000/, '"epochs": 30000')
    await asks(/train.epochs: 20000 → 30000.*It can hold from epoch/).waitFor()
    await view().getByText('train.epochs: 20000 → 30000', { exact: true }).waitFor()
    await view().getByText('Grid, edited', { exact: true }).waitFor()
    await window().screenshot('3-edited')
    await view().getByRole('button', { name: 'Compare' }).click()
    await window().page.locator('.tab.active').filter({ hasText: 'Edited Schedule' }).waitFor()
    await window().screenshot('3-compared')
    await window().command('View: Close All Editors')
    await view().getByRole('button', { name: 'Apply' }).click()
    const { folder } = listRuns(place.folder)[0]!
    await until('the edit in the run', () => {
      assert.match(readFileSync(path.join(folder, 'config.json'), 'utf8'), /"epochs": 30000/)
    })
    await view().getByText('Grid, edited', { exact: true }).waitFor({ state: 'hidden' })
    await window().command('Notifications: Clear All Notifications')
  })

  it('says why an edit cannot hold, and goes on', async () => {
    edit(/"width": 4/, '"width": 8')
    await asks(/"small" goes on as it was\. model\.width: 4 → 8: the network and its data are made/).waitFor()
    await view().getByText('The edited schedule cannot hold', { exact: true }).waitFor()
    await window().screenshot('3-refused')
    edit(/"width": 8/, '"width": 4')
    await view().getByText('The edited schedule cannot hold', { exact: true }).waitFor({ state: 'hidden' })
    await window().command('Notifications: Clear All Notifications')
  })

  it('scales the learning rate of the run and of its schedule', async () => {
    await window().command('Multigrid: Scale Learning Rate…')
    await window().answer('1/5')
    const { folder } = listRuns(place.folder)[0]!
    await until('the rate in the run and in its file', () => {
      for (const file of [path.join(folder, 'config.json'), place.schedule])
        assert.match(readFileSync(file, 'utf8'), /"learningRate": 0.01\b/)
    })
  })

  it('is looked at in a narrow sidebar and in high contrast', async () => {
    await window().resizeSidebar(250)
    await window().screenshot('4-narrow')
    await window().setTheme('highContrast')
    await delay(500)
    await window().screenshot('5-high-contrast')
    await window().setTheme('light')
    await delay(500)
    await window().screenshot('6-light')
    await window().setTheme('dark')
  })

  it('goes on while the window is reloaded, and is found again', async () => {
    const { pid } = newest()
    await window().reload()
    await window().openSidebar('Multigrid')
    await view().getByText('Training', { exact: true }).waitFor()
    assert.equal(newest().pid, pid)
    await window().screenshot('7-reloaded')
  })

  it('stops with a checkpoint, and resumes from it by the keyboard', async () => {
    await window().command('Multigrid: Stop')
    await view().getByText('Stopped', { exact: true }).waitFor()
    await recorded('stopped')
    const { reason } = newest()
    const iteration = /saved at iteration (\d+)/.exec(reason)?.[1]
    assert.ok(iteration, `it says: ${reason}`)
    await window().screenshot('8-stopped')
    await window().command('Multigrid: Resume')
    await view().getByText('Training', { exact: true }).waitFor()
    await window().screenshot('9-resumed')
  })

  it('shows what was edited in the schedule before it resumes, and takes it', async () => {
    await window().command('Multigrid: Stop')
    await view().getByText('Stopped', { exact: true }).waitFor()
    const text = readFileSync(place.schedule, 'utf8')
    writeFileSync(place.schedule, text.replace('"learningRate": 0.01', '"learningRate": 0.02'))
    await window().command('Multigrid: Resume')
    const asked = window().notifications().filter({ hasText: 'train.learningRate: 0.01 → 0.02' })
    await asked.waitFor()
    await window().screenshot('9-edited')
    await asked.getByText('Resume with the Changes').click()
    await view().getByText('Training', { exact: true }).waitFor()
    const own = path.join(listRuns(place.folder)[0]!.folder, 'config.json')
    await until('the edit in the run', () => {
      assert.match(readFileSync(own, 'utf8'), /"learningRate": 0.02/)
    })
  })

  it('imports a PySlowFast config as a schedule', async () => {
    const yaml = path.join(place.folder, 'recipe.yaml')
    writeFileSync(
      yaml,
      'SOLVER: {LR_POLICY: steps_with_relative_lrs, STEPS: [0, 9], LRS: [1, 0.1], MAX_EPOCH: 20}\nTEST: {ENABLE: False}\n',
    )
    await window().command('Multigrid: Import PySlowFast Config…')
    await window().answer(yaml)
    await window().page.locator('.tab.active[data-resource-name="recipe.multigrid.json"]').waitFor()
    await window()
      .notifications()
      .filter({ hasText: 'Imported recipe.yaml; one key means nothing to a schedule.' })
      .waitFor()
    await window().screenshot('9-imported')
  })

  it('says why when the trainer is killed', async () => {
    process.kill(newest().pid!, 'SIGKILL')
    await window()
      .notifications()
      .getByText(/killed \(SIGKILL\)|gone without a word/)
      .waitFor()
    await view().getByText('The trainer is gone', { exact: true }).waitFor()
    await window().screenshot('10-killed')
  })
})
