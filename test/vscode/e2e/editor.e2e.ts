import * as assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { removeWorkspaces, workspace } from '../../trainer/process/workspace'
import type { Workspace } from '../../trainer/process/workspace'
import { extensionUnderTest } from '../extensionUnderTest'
import { useWindow } from '../useWindow'

const extensionId = 'multigrid.multigrid'
const text = `{
  // Sixty epochs of small clips.
  "data": { "train": "clips", "frames": 16, "crop": 112 },
  "train": { "batch": 8, "epochs": 60, "steps": [0, 30, 45, 54], "learningRate": 0.1 },
  "multigrid": {
    "epochFactor": 1.5,
    "longCycleFactors": [[0.25, 0.7071], [0.5, 0.7071], [0.5, 1], [1, 1]]
  }
}
`

describe('a schedule in the editor', () => {
  let place: Workspace
  const window = useWindow(async () => {
    place = await workspace()
    writeFileSync(path.join(place.folder, 'edited.multigrid.json'), text)
    return { folder: place.folder, extensions: [extensionUnderTest] }
  })
  after(removeWorkspaces)
  const page = () => window().page
  const view = () => window().webview(extensionId)

  it('is explained in place: lenses, hints, what is wrong with it', async () => {
    await window().openFile('edited.multigrid.json')
    const editor = page().locator('.editor-instance .monaco-editor').first()
    await editor.getByText('What if…').waitFor()
    await editor.getByText('64 × 4 × 79²').first().waitFor()
    await editor.locator('.squiggly-warning, .squiggly-info').first().waitFor({ state: 'attached' })
    await window().screenshot('editor-1')
  })

  it('has a preview beside it that follows what is typed', async () => {
    await window().command('Multigrid: Preview Schedule')
    await view().getByText('Not started', { exact: true }).waitFor()
    await view()
      .getByText(/\d× less work than without multigrid/)
      .waitFor()
    await window().screenshot('editor-2-preview')
    await window().typeAtStart('nonsense')
    await view()
      .getByText(/^Line 1: /)
      .waitFor()
    assert.ok(await view().getByText('Grid', { exact: true }).isVisible(), 'the last good plan stays')
    await page().keyboard.press('Control+Z')
    await view()
      .getByText(/\d× less work/)
      .waitFor()
    await window().setTheme('highContrast')
    await delay(500)
    await window().screenshot('editor-3-high-contrast')
    await window().setTheme('dark')
  })

  it('comes back with its preview after a reload', async () => {
    await window().reload()
    await view()
      .getByText(/\d× less work/)
      .waitFor()
  })

  it('has a doctor that says what this machine has', async () => {
    await window().command('View: Close All Editors')
    await window().command('Multigrid: Doctor')
    const row = (name: string) => view().getByRole('listitem').filter({ hasText: name })
    await row('Node.js').getByText('Fit to run the trainer.').waitFor()
    await row('TensorFlow').getByText('It was tried just now').waitFor()
    // A machine without a GPU has a warning for it.
    await view()
      .getByText(/^(Everything that training needs is here|Training works here)/)
      .waitFor()
    await window().screenshot('doctor-1')
    await window().setTheme('highContrast')
    await delay(500)
    await window().screenshot('doctor-2-high-contrast')
    await window().setTheme('light')
    await delay(500)
    await window().screenshot('doctor-3-light')
  })
})
