import { openWindow } from './openWindow'
import type { WindowOptions } from './openWindow'
import type { Window } from './Window'

/** One window for the tests of a `describe`; a failing test leaves a screenshot and the logs in test-results. */
export function useWindow(options: () => WindowOptions | Promise<WindowOptions>): () => Window {
  let window: Window | undefined
  before('open a VS Code window', async function () {
    this.timeout(120_000) // the first one on a machine sets up the server
    window = await openWindow(await options())
  })
  afterEach(async function () {
    const test = this.currentTest
    if (test?.state !== 'failed' || window === undefined) return
    const name = test.titlePath().join(' ')
    console.log(`Screenshot: ${await window.screenshot(name)}\nLogs: ${await window.saveLogs(name)}`)
  })
  after(async () => {
    await window?.close()
  })
  return () => {
    if (window === undefined) throw new Error('The window is open only inside tests.')
    return window
  }
}
