import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { doctorPage } from '../../src/host/views/doctorPage'
import type { DoctorRow, HostToDoctor } from '../../src/protocol/doctorPage'
import { launchBrowser, noBrowser } from './openView'
import { themes } from './themes'
import type { ThemeName } from './themes'

const origin = 'https://doctor.test'

const checking = (id: string, name: string): DoctorRow => ({
  id,
  name,
  status: 'checking',
  word: 'Checking…',
  detail: '',
  meaning: '',
  actions: [],
})
const node: DoctorRow = {
  id: 'node',
  name: 'Node.js',
  status: 'ok',
  word: 'OK',
  detail: '20.20.2 (/usr/local/somewhere/that/is/long/enough/to/need/several/lines/node)',
  meaning: 'Fit to run the trainer.',
  actions: [],
}
const tensorflow: DoctorRow = {
  id: 'tensorflow',
  name: 'TensorFlow',
  status: 'missing',
  word: 'Missing',
  detail: 'no runtime in /home/ada/.local/share/multigrid/runtime <b>',
  meaning: 'Training would use WebAssembly, which is many times slower.',
  actions: [
    { action: 'installRuntime', label: 'Install TensorFlow Runtime' },
    { action: 'chooseNode', label: 'Choose Node…' },
  ],
}
const memory: DoctorRow = {
  id: 'memory',
  name: 'Memory',
  status: 'warning',
  word: 'Warning',
  detail: '1.0 GiB free of 16.0 GiB, 8 cores',
  meaning: 'End other programs, or train on small shapes.',
  actions: [],
}
const first: HostToDoctor = {
  type: 'show',
  summary: 'Looking at what this machine has…',
  rows: [checking('node', 'Node.js'), checking('tensorflow', 'TensorFlow'), checking('memory', 'Memory')],
}
const found: HostToDoctor = {
  type: 'show',
  summary: 'Missing: 1. Warnings: 1.',
  rows: [node, tensorflow, memory],
}

describe.skipIf(noBrowser)('the page of the doctor', () => {
  let browser: Browser
  let assets: Record<string, { contentType: string; body: string }>
  let inPage: string
  let page: Page
  let errors: string[]

  beforeAll(async () => {
    browser = await launchBrowser()
    const { outputFiles } = await build({
      entryPoints: {
        doctor: 'webview/doctor.ts',
        style: 'webview/doctor.css',
        inPage: 'test/webview/inPage.ts',
      },
      bundle: true,
      minify: true,
      format: 'iife',
      target: 'es2022',
      outdir: 'unused',
      write: false,
    })
    const text = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))!.text
    inPage = text('inPage.js')
    assets = {
      '/doctor.js': { contentType: 'text/javascript', body: text('doctor.js') },
      '/doctor.css': { contentType: 'text/css', body: text('style.css') },
    }
  })
  afterAll(() => browser.close())
  afterEach(() => page.context().close())

  async function open(theme: ThemeName = 'dark', width = 700): Promise<void> {
    page = await (await browser.newContext({ viewport: { width, height: 700 } })).newPage()
    errors = []
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(String(error)))
    const body = doctorPage({
      title: 'Multigrid: Doctor',
      tools: [
        { action: 'checkAgain', label: 'Check Again' },
        { action: 'copyReport', label: 'Copy Report' },
      ],
      script: '/doctor.js',
      style: '/doctor.css',
      source: origin,
      nonce: 'bm9uY2U',
    })
    await page.route('**/*', (route) => {
      const { pathname } = new URL(route.request().url())
      const answer = pathname === '/' ? { contentType: 'text/html; charset=utf-8', body } : assets[pathname]
      return answer ? route.fulfill(answer) : route.abort()
    })
    await page.addInitScript(inPage)
    await page.addInitScript(`
      window.posted = []
      window.acquireVsCodeApi = () => ({
        postMessage: (message) => window.posted.push(message),
        setState: (state) => { window.savedState = state },
      })`)
    await page.goto(`${origin}/`)
    const { bodyClass, variables } = themes[theme]
    const set = { ...variables, 'sideBar-background': variables['editor-background'] }
    await page.evaluate(`inPage.setTheme(${JSON.stringify(bodyClass)}, ${JSON.stringify(set)})`)
  }
  const send = (message: HostToDoctor) => page.evaluate(`inPage.send(${JSON.stringify(message)})`)
  const posted = () => page.evaluate('posted')

  test('asks for what is known, and keeps a state without which no reload would bring it back', async () => {
    await open()
    expect(await posted()).toEqual([{ type: 'ready' }])
    expect(await page.evaluate('savedState')).toEqual({})
  })

  test('says each thing by name, word, facts and meaning, as it becomes known', async () => {
    await open()
    await send(first)
    expect(await page.getByRole('listitem').allInnerTexts()).toEqual(
      ['Node.js', 'TensorFlow', 'Memory'].map(
        (name) => expect.stringMatching(`^${name}\\s+…\\s*Checking…$`) as string,
      ),
    )
    await send({ ...first, rows: [node, ...first.rows.slice(1)] })
    expect(await page.getByRole('listitem').first().innerText()).toMatch(/✓\s*OK[^]*20\.20\.2[^]*Fit to run/)
    expect(await page.getByRole('listitem').nth(1).innerText()).toContain('Checking…')
    await send(found)
    expect(await page.getByRole('status').innerText()).toBe('Missing: 1. Warnings: 1.')
    expect(await page.getByRole('listitem').nth(1).innerText()).toMatch(
      /Missing[^]*runtime <b>[^]*WebAssembly/,
    )
    expect(errors).toEqual([])
  })

  test('is served by keys alone, and a button keeps the focus while others become known', async () => {
    await open()
    await send({ ...found, rows: [checking('node', 'Node.js'), tensorflow, memory] })
    for (const name of ['Check Again', 'Copy Report', 'Install TensorFlow Runtime']) {
      await page.keyboard.press('Tab')
      expect(await page.evaluate('inPage.focused()')).toBe(name)
    }
    await send(found)
    await page.keyboard.press('Enter')
    expect(await posted()).toEqual([{ type: 'ready' }, { type: 'act', action: 'installRuntime' }])
  })

  test('a thing that is found anew loses the buttons that it no longer needs', async () => {
    await open()
    await send(found)
    await send({ ...found, rows: [node, { ...tensorflow, status: 'ok', word: 'OK', actions: [] }, memory] })
    expect(await page.getByRole('button').allInnerTexts()).toEqual(['Check Again', 'Copy Report'])
  })

  test.each(['dark', 'light', 'hc-dark', 'hc-light'] as const)(
    'fits into 250 pixels in %s',
    async (theme) => {
      await open(theme, 250)
      await send(found)
      expect(await page.evaluate('inPage.overflow()')).toEqual({ excess: 0, cut: [] })
      await page.screenshot({ path: `test-results/doctor-${theme}.png`, fullPage: true })
      expect(errors).toEqual([])
    },
  )
})
