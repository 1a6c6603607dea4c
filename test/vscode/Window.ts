import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import type { FrameLocator, Locator, Page } from 'playwright-core'
import { QuickInput } from './QuickInput'
import { resultPath } from './results'
import { themes } from './themes'
import type { Theme } from './themes'
import { until } from './until'

/** A VS Code window, used as a person uses it: every verb waits for its effect, and fails with a screenshot. */
export class Window {
  /** Errors that the page and its webviews logged, VS Code's own included. */
  readonly consoleErrors: string[] = []
  private readonly quickInput: QuickInput

  constructor(
    readonly page: Page,
    private readonly dataDir: string,
    readonly close: () => Promise<void>,
  ) {
    this.quickInput = new QuickInput(page)
    page.on('console', (message) => {
      if (message.type() === 'error') this.consoleErrors.push(message.text())
    })
  }

  open(address: string): Promise<void> {
    return this.attempt('open VS Code', async () => {
      await this.page.goto(address)
      await this.ready()
    })
  }

  /** Runs a command by its title in the palette, like `Multigrid: Start Training`. */
  command(title: string): Promise<void> {
    return this.attempt(`run the command "${title}"`, () => this.quickInput.choose('F1', `>${title}`, title))
  }

  openFile(name: string): Promise<void> {
    return this.attempt(`open ${name}`, async () => {
      await this.quickInput.choose('Control+P', name, name)
      await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor()
    })
  }

  /** Types at the start of the file in the editor; what was typed is there when this resolves. */
  typeAtStart(text: string): Promise<void> {
    return this.attempt(`type "${text}"`, async () => {
      const editor = this.page.locator('.editor-instance .monaco-editor').first()
      await until('an editor that takes the keys', async () => {
        await editor.locator('.view-line').first().click({ timeout: 2000 })
        await editor.and(this.page.locator('.focused')).waitFor({ timeout: 2000 })
      })
      await this.page.keyboard.press('Control+Home')
      await this.page.keyboard.type(text)
      await editor.locator('.view-line').filter({ hasText: text }).first().waitFor()
    })
  }

  /** Chooses an entry of the list that a command has opened. */
  pick(label: string): Promise<void> {
    return this.attempt(`pick "${label}"`, () => this.quickInput.pick(label))
  }

  /** Fills the input box that a command has opened, and confirms it. */
  answer(text: string): Promise<void> {
    return this.attempt(`answer "${text}"`, () => this.quickInput.answer(text))
  }

  /** Shows a view container by the title of its icon in the activity bar. */
  openSidebar(title: string): Promise<void> {
    return this.attempt(`open the sidebar "${title}"`, async () => {
      const icon = this.page.locator('.part.activitybar').getByRole('tab', { name: title })
      const shown = this.page.locator('.part.sidebar .composite.title', { hasText: title })
      await until('such a sidebar', async () => {
        if (!(await shown.isVisible())) await icon.click({ timeout: 2000 }) // a second click would close it again
        await shown.waitFor({ timeout: 2000 })
      })
    })
  }

  /** The document inside an extension's webview, which must be its only one on screen. */
  webview(extensionId: string): FrameLocator {
    // Not by `purpose=webviewView` too: VS Code leaves that out once a view was hidden and is shown again.
    return this.page
      .frameLocator(`iframe.webview[src*="extensionId=${extensionId}&"]`)
      .frameLocator('iframe#active-frame')
  }

  statusBar(): Locator {
    return this.page.locator('.part.statusbar')
  }

  /** Notifications on screen, newest first. */
  notifications(): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item')
  }

  setTheme(theme: Theme): Promise<void> {
    return this.attempt(`switch to the theme ${theme}`, async () => {
      await this.command('Preferences: Color Theme')
      await this.quickInput.pick(themes[theme].label)
      await this.page.locator(`.monaco-workbench.${themes[theme].workbench}`).waitFor()
    })
  }

  /** Drags the sidebar's edge until it is this many pixels wide. */
  resizeSidebar(px: number): Promise<void> {
    return this.attempt(`make the sidebar ${px} px wide`, async () => {
      const edge = 2 // the sash lies just outside
      const sidebar = this.page.locator('.part.sidebar')
      const box = await boxOf(sidebar)
      const y = box.y + box.height / 2
      await this.page.mouse.move(box.x + box.width + edge, y)
      await this.page.mouse.down()
      await this.page.mouse.move(box.x + px + edge, y, { steps: 5 })
      await this.page.mouse.up()
      await until(`a width of ${px} px`, async () => {
        const { width } = await boxOf(sidebar)
        if (Math.abs(width - px) > 8) throw new Error(`it is ${width} px wide`)
      })
    })
  }

  reload(): Promise<void> {
    return this.attempt('reload the window', async () => {
      // The command, since a bare reload loses what VS Code has not yet saved of its layout.
      await Promise.all([this.page.waitForEvent('load'), this.command('Developer: Reload Window')])
      await this.ready()
    })
  }

  /** Saves test-results/NAME.png and returns its path. */
  async screenshot(name: string): Promise<string> {
    const path = resultPath(name, '.png')
    await this.page.screenshot({ path, animations: 'disabled' })
    return path
  }

  /** Copies what the server and the extension host logged, output channels included, to test-results/NAME-logs. */
  async saveLogs(name: string): Promise<string> {
    const to = resultPath(name, '-logs')
    await cp(join(this.dataDir, 'data', 'logs'), to, { recursive: true })
    return to
  }

  private async ready(): Promise<void> {
    await this.page.locator('.part.statusbar .statusbar-item').first().waitFor()
    await this.page.locator('.part.activitybar').waitFor()
    // The sidebar comes back about a second later: a click on its icon that was meant to open it would close it.
    await this.page.waitForFunction(`performance.getEntriesByName('code/didStartWorkbench').length > 0`)
  }

  /** Does one thing a person would do; a failure says which, and shows the screen. */
  private async attempt(what: string, action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const picture = await this.screenshot(`failed-${what}`).catch(() => 'none, the page is gone')
      throw new Error(`Could not ${what}: ${reason}\nScreenshot: ${picture}`, { cause: error })
    }
  }
}

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox()
  if (box === null) throw new Error('it is not on screen')
  return box
}
