import * as assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useWindow } from '../useWindow'
import { themes } from '../themes'
import type { Theme } from '../themes'

/** What VS Code writes on a webview's body. */
const kind = {
  dark: 'dark',
  light: 'light',
  highContrast: 'high-contrast',
  highContrastLight: 'high-contrast-light',
} as const

describe('a VS Code window', () => {
  let folder = ''
  const window = useWindow(async () => {
    folder = await mkdtemp(join(tmpdir(), "a b's & é "))
    await writeFile(join(folder, 'notes.json'), '{ "a": 1,, }\n')
    return { folder, extensions: [join(process.cwd(), 'test/vscode/fixtures/hello')] }
  })

  after(() => rm(folder, { recursive: true }))

  it('draws a webview and hears the button in it', async () => {
    await window().openSidebar('Hello')
    const view = window().webview('multigrid-tests.hello')
    await view.getByText('A view that draws').waitFor()
    await view.getByRole('button', { name: 'Press' }).click()
    await window().statusBar().getByText('Hello heard a press').waitFor()
    await window().screenshot('hello-webview')
  })

  it('runs a command from the palette and shows its notification', async () => {
    await window().command('Hello: Greet')
    await window().notifications().getByText('Hello from a command').waitFor()
    await window().screenshot('hello-notification')
  })

  it('shows the lines of a log channel', async () => {
    await window().command('Hello: Log')
    await window()
      .page.locator('.part.panel .view-line', { hasText: '[warning] A line in the log' })
      .waitFor()
    await window().screenshot('hello-log')
    await window().command('View: Toggle Panel Visibility')
  })

  it('opens a file and underlines its mistakes', async () => {
    await window().openFile('notes.json')
    await window().page.locator('.squiggly-error').first().waitFor()
  })

  it('changes its theme in open views', async () => {
    await window().openSidebar('Hello')
    const body = window().webview('multigrid-tests.hello').locator('body')
    const colours = new Set<string>()
    for (const theme of Object.keys(themes) as Theme[]) {
      await window().setTheme(theme)
      await window().webview('multigrid-tests.hello').locator(`body.vscode-${kind[theme]}`).waitFor()
      colours.add(await body.evaluate('getComputedStyle(document.body).backgroundColor'))
      await window().screenshot(`hello-${theme}`)
    }
    assert.equal(colours.size, 4, [...colours].join('; '))
  })

  it('finds a view again that was hidden and is shown', async () => {
    await window().openSidebar('Hello')
    const button = window().webview('multigrid-tests.hello').getByRole('button', { name: 'Press' })
    await button.waitFor()
    await window().command('View: Toggle Primary Side Bar Visibility')
    await button.waitFor({ state: 'hidden' })
    await window().openSidebar('Hello')
    await button.waitFor()
  })

  it('has its sidebar back when a reload is over', async () => {
    await window().openSidebar('Hello')
    await window().reload()
    assert.ok(await window().page.locator('.part.sidebar .composite.title', { hasText: 'Hello' }).isVisible())
  })

  it('keeps the sidebar’s width over a reload', async () => {
    await window().resizeSidebar(420)
    await window().screenshot('hello-wide')
    await window().reload()
    await window().openSidebar('Hello')
    const box = await window().page.locator('.part.sidebar').boundingBox()
    assert.ok(Math.abs(box!.width - 420) < 9, String(box?.width))
    await window().webview('multigrid-tests.hello').getByRole('button', { name: 'Press' }).waitFor()
    await window().screenshot('hello-reloaded')
  })
})
