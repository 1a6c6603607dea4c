import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Frame } from 'playwright-core'
import { recordRun } from '../../run/recordedRun'
import { extensionUnderTest } from '../extensionUnderTest'
import { until } from '../until'
import { useWindow } from '../useWindow'

describe('runs on record', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'runs '))
  const window = useWindow(() => {
    const at = (minute: number) => new Date(2026, 10, 26, 14, minute)
    recordRun({ folder, name: 'baseline', steps: 1200, state: 'finished', created: at(1) })
    recordRun({ folder, name: 'warm-start', steps: 700, learningRate: 0.03, state: 'failed', created: at(2) })
    recordRun({ folder, name: 'high-rate', steps: 900, learningRate: 0.02, created: at(3) })
    return Promise.resolve({ folder, extensions: [extensionUnderTest] })
  })
  after(() => rmSync(folder, { recursive: true }))

  it('are listed, filtered, compared, and compared again after a reload', async () => {
    const { page } = window()
    const rows = page.locator('.part.sidebar .monaco-list-row')
    const row = (name: string) => rows.filter({ hasText: name })
    /** The tab's document: the sidebar's is a webview of this extension too. */
    const comparison = async (): Promise<Frame> => {
      let found: Frame | undefined
      await until('a tab that compares', async () => {
        for (const frame of page.frames())
          if ((await frame.locator('input[value=seconds]').count()) > 0) found = frame
        if (!found) throw new Error('no frame has its axes')
      })
      return found!
    }
    await window().openSidebar('Multigrid')
    await row('baseline').waitFor()
    await window().resizeSidebar(250)
    await row('high-rate').hover()
    await window().screenshot('runs-tree')
    await row('warm-start').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Delete Run…' }).waitFor()
    await window().screenshot('runs-menu')
    await page.keyboard.press('Escape')
    await window().command('Multigrid: Filter Runs…')
    await page.locator('.quick-input-widget:visible input.input').fill('failed')
    await page.getByText('1 of 3 runs match "failed".').waitFor()
    await row('baseline').waitFor({ state: 'detached' })
    await window().screenshot('runs-filtered')
    await page.keyboard.press('Escape')
    await row('baseline').waitFor()

    await row('high-rate').click()
    await row('baseline').click({ modifiers: ['Control'] })
    await row('baseline').click({ button: 'right' })
    // A menu takes no click in its first moments.
    await page.getByRole('menuitem', { name: 'Compare Runs' }).hover()
    await page.keyboard.press('Enter')
    const tab = await comparison()
    await tab.getByRole('columnheader', { name: 'high-rate', exact: true }).waitFor()
    await tab.getByRole('rowheader', { name: 'train.learningRate' }).waitFor()
    await tab.getByRole('radio', { name: 'Time trained' }).check()
    for (const theme of ['dark', 'light', 'highContrast'] as const) {
      await window().setTheme(theme)
      await window().screenshot(`runs-compared-${theme}`)
    }
    await window().reload()
    const again = await comparison()
    await again.getByRole('columnheader', { name: 'high-rate', exact: true }).waitFor()
    await again.locator('input[value=seconds]:checked').waitFor()
  })
})
