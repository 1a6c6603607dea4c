import { existsSync } from 'node:fs'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import type { Browser, ConsoleMessage, Page } from 'playwright-core'
import type { HostToView, ViewToHost } from '../../src/protocol/view'
import { themes } from './themes'
import type { ThemeName } from './themes'

const executable = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Why there is no browser to look with; undefined where there is one. */
export const noBrowser = existsSync(executable) ? undefined : `no Chromium at ${executable} (set CHROMIUM)`

export const launchBrowser = (more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: executable,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  })

export interface Bundle {
  readonly script: string
  /** What the tests do inside of the page. */
  readonly inPage: string
  readonly style: string
}

/** The view as it ships: minified, one script and one stylesheet. */
export async function bundleView(): Promise<Bundle> {
  const { outputFiles } = await build({
    entryPoints: {
      webview: 'webview/main.ts',
      styles: 'webview/styles.css',
      inPage: 'test/webview/inPage.ts',
    },
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    outdir: 'unused',
    write: false,
    logLevel: 'warning',
  })
  const text = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? ''
  return { script: text('webview.js'), style: text('styles.css'), inPage: text('inPage.js') }
}

/** The view in a page with the editor's content security policy and theme; `errors` holds what the console complained of. */
export interface OpenView {
  readonly page: Page
  readonly errors: string[]
  /** Runs one of the functions of test/webview/inPage.ts, arguments and all. */
  readonly call: <T>(expression: string) => Promise<T>
  readonly setTheme: (name: ThemeName) => Promise<void>
  readonly send: (message: HostToView) => Promise<void>
  /** What the view has posted so far. */
  readonly posted: () => Promise<ViewToHost[]>
}

interface OpenOptions {
  readonly browser: Browser
  readonly bundle: Bundle
  readonly width: number
  readonly height?: number
  readonly theme: ThemeName
  readonly reducedMotion?: boolean
  /** What the view had saved when it was last open. */
  readonly saved?: unknown
}

const origin = 'https://view.test'
const nonce = 'c2hhcmVkIGJ5IGFsbA'

export async function openView(options: OpenOptions): Promise<OpenView> {
  const { browser, bundle, width, height = 900, theme, reducedMotion = false, saved } = options
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: 2,
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
  })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('console', (message) => isComplaint(message) && errors.push(message.text()))
  page.on('pageerror', (error) => errors.push(String(error)))
  const bodies: Record<string, { contentType: string; body: string }> = {
    '/': { contentType: 'text/html', body: html(saved) },
    '/webview.js': { contentType: 'text/javascript', body: bundle.script },
    '/webview.css': { contentType: 'text/css', body: bundle.style },
  }
  await page.route('**/*', (route) => {
    const body = bodies[new URL(route.request().url()).pathname]
    return body ? route.fulfill(body) : route.abort()
  })
  await page.addInitScript(bundle.inPage)
  await page.goto(`${origin}/`)
  const call = <T>(expression: string) => page.evaluate<T>(`inPage.${expression}`)
  const setTheme = (name: ThemeName) => {
    const { bodyClass, variables } = themes[name]
    return call<undefined>(`setTheme(${JSON.stringify(bodyClass)}, ${JSON.stringify(variables)})`)
  }
  await setTheme(theme)
  return {
    page,
    errors,
    call,
    setTheme,
    send: (message) => call(`send(${JSON.stringify(message)})`),
    posted: () => page.evaluate<ViewToHost[]>('posted'),
  }
}

/** The toolkit sets two style attributes from strings, which the policy refuses without harm. */
const isComplaint = (message: ConsoleMessage) =>
  ['error', 'warning'].includes(message.type()) && !/inline style/.test(message.text())

const html = (saved: unknown) => `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src ${origin} 'nonce-${nonce}'">
    <link rel="stylesheet" href="/webview.css" nonce="${nonce}">
    <title>Multigrid</title>
  </head>
  <body>
    <script nonce="${nonce}">
      window.posted = []
      let saved = ${JSON.stringify(saved ?? null)}
      window.acquireVsCodeApi = () => ({
        postMessage: (message) => window.posted.push(message),
        getState: () => saved,
        setState: (state) => { saved = state; window.savedState = state },
      })
    </script>
    <script nonce="${nonce}" src="/webview.js"></script>
  </body>
</html>`
