import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer, windowAddress } from '../../scripts/vscodeServer.mjs'
import { launchChromium } from './chromium'
import { themes } from './themes'
import type { Theme } from './themes'
import { patienceMs } from './until'
import { Window } from './Window'

export interface WindowOptions {
  /** The workspace; absolute. */
  folder: string
  /** Extensions to use as if installed: folders, or .vsix files. */
  extensions: readonly string[]
  theme?: Theme
  size?: { width: number; height: number }
  settings?: Record<string, unknown>
  /** The id of an extension that runs in the browser's worker, as on vscode.dev, not on the server. */
  webExtension?: string
  /** False: the folder is restricted. */
  trust?: boolean
  /** Added to the environment of the extension host. */
  env?: Record<string, string>
}

/** Opens a folder in a VS Code of its own: server, settings, extensions and browser are this window's alone. */
export async function openWindow(options: WindowOptions): Promise<Window> {
  const {
    folder,
    extensions,
    theme = 'dark',
    size = { width: 1280, height: 800 },
    env = {},
    webExtension,
    trust = true,
  } = options
  const dataDir = await mkdtemp(join(tmpdir(), 'multigrid-vscode-'))
  const undo: (() => Promise<void>)[] = [() => rm(dataDir, { recursive: true, force: true, maxRetries: 3 })]
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const settings = {
      'workbench.colorTheme': themes[theme].setting,
      ...(webExtension !== undefined && { 'remote.extensionKind': { [webExtension]: ['web'] } }),
      ...options.settings,
    }
    const server = await startServer({ dataDir, extensions, settings, env, trust, log: console.log })
    undo.push(() => server.stop())
    const browser = await launchChromium()
    undo.push(() => browser.close())
    const page = await browser.newPage({ viewport: size, reducedMotion: 'reduce' })
    page.setDefaultTimeout(patienceMs)
    const window = new Window(page, dataDir, close)
    await window.open(windowAddress(server, { folder }))
    return window
  } catch (error) {
    await close()
    throw error
  }
}
