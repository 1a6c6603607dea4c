import type { Locator, Page } from 'playwright-core'
import { until } from './until'

/** The box at the top of the window in which VS Code asks: command palette, file list, input box. */
export class QuickInput {
  private readonly widget: Locator
  private readonly input: Locator
  private readonly rows: Locator

  constructor(private readonly page: Page) {
    this.widget = page.locator('.quick-input-widget:visible')
    this.input = this.widget.locator('input.input')
    this.rows = this.widget.locator('.quick-input-list .monaco-list-row')
  }

  /** Opens a list by its key and chooses a row; asks again, since rows come late while VS Code starts. */
  async choose(key: string, text: string, label: string): Promise<void> {
    await until(`"${label}" in the list`, async () => {
      if (await this.widget.isVisible()) await this.page.keyboard.press('Escape')
      await this.page.keyboard.press(key)
      await this.input.fill(text, { timeout: 2000 })
      await this.row(label).waitFor({ timeout: 2000 })
    })
    await this.row(label).click()
  }

  /** Chooses from the list that is open, which may be a long one. */
  async pick(label: string): Promise<void> {
    await this.input.fill(label)
    await this.row(label).click()
  }

  /** Fills the box that is open and confirms until it closes, since a file dialog writes its folder over what comes early. */
  async answer(text: string): Promise<void> {
    await this.input.waitFor()
    await until(`end to the question after "${text}"`, async () => {
      if (!(await this.widget.isVisible())) return
      await this.input.fill(text, { timeout: 2000 })
      await this.page.keyboard.press('Enter')
      await this.widget.waitFor({ state: 'hidden', timeout: 5000 })
    })
  }

  private row(label: string): Locator {
    const exactly = new RegExp(`^${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
    return this.rows.filter({ has: this.page.locator('.label-name', { hasText: exactly }) }).first()
  }
}
