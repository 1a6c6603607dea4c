import { mkdirSync } from 'node:fs'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { HostToCompare } from '../../src/protocol/compare'
import { comparePage } from '../../src/host/views/comparePage'
import { comparison, inventedRun } from '../webview/fixtures/comparison'
import { launchBrowser, noBrowser } from './openView'
import { themes } from './themes'
import type { ThemeName } from './themes'

const origin = 'https://compare.test'

describe.skipIf(noBrowser)('the page that compares runs', () => {
  let browser: Browser
  let assets: Record<string, { contentType: string; body: string }>
  let inPage: string
  let page: Page
  let errors: string[]

  beforeAll(async () => {
    browser = await launchBrowser()
    const { outputFiles } = await build({
      entryPoints: {
        compare: 'webview/compare.ts',
        style: 'webview/compare.css',
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
      '/compare.js': { contentType: 'text/javascript', body: text('compare.js') },
      '/compare.css': { contentType: 'text/css', body: text('style.css') },
    }
  })
  afterAll(() => browser.close())
  afterEach(() => page.context().close())

  interface OpenOptions {
    readonly shown?: HostToCompare
    readonly theme?: ThemeName
    readonly width?: number
    readonly saved?: unknown
  }

  async function open({
    shown = comparison,
    theme = 'dark',
    width = 900,
    saved,
  }: OpenOptions = {}): Promise<void> {
    page = await (await browser.newContext({ viewport: { width, height: 900 } })).newPage()
    errors = []
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(String(error)))
    const body = comparePage({
      script: '/compare.js',
      style: '/compare.css',
      source: origin,
      nonce: 'bm9uY2U',
    })
    await page.route('**/*', (route) => {
      const { pathname } = new URL(route.request().url())
      const found = pathname === '/' ? { contentType: 'text/html; charset=utf-8', body } : assets[pathname]
      return found ? route.fulfill(found) : route.abort()
    })
    await page.addInitScript(inPage)
    await page.addInitScript(`
      window.posted = []
      window.acquireVsCodeApi = () => ({
        postMessage: (message) => window.posted.push(message),
        getState: () => (${JSON.stringify(saved ?? null)}),
        setState: (state) => { window.savedState = state },
      })`)
    await page.goto(`${origin}/`)
    await setTheme(theme)
    await send(shown)
  }

  const send = (message: HostToCompare) => page.evaluate(`inPage.send(${JSON.stringify(message)})`)
  const pictures = () => page.evaluate<string[]>('inPage.pictures()')
  const setTheme = (name: ThemeName) => {
    const { bodyClass, variables } = themes[name]
    const set = { ...variables, 'sideBar-background': variables['editor-background'] }
    return page.evaluate(`inPage.setTheme(${JSON.stringify(bodyClass)}, ${JSON.stringify(set)})`)
  }
  const readings = () => page.locator('.readings tbody tr').allInnerTexts()
  const caption = () => page.locator('.readings caption').innerText()

  test('asks for its runs, shows what differs, and keeps which runs it shows', async () => {
    await open()
    expect(await page.evaluate('posted')).toEqual([{ type: 'ready' }])
    expect(await page.getByRole('columnheader', { name: 'plain', exact: true }).count()).toBe(1)
    const row = page.getByRole('row', { name: 'train.learningRate' })
    expect(await row.getByRole('cell').allInnerTexts()).toEqual(['0.1', '0.2'])
    expect(await page.getByRole('row', { name: /^Best/ }).getByRole('cell').allInnerTexts()).toEqual([
      'top-1 82.1 %',
      'top-1 93.3 %',
    ])
    expect(await page.evaluate('savedState')).toEqual({ runs: ['run-a', 'run-b'], axis: 'epoch' })
    expect(errors).toEqual([])
  })

  test('lays the curves over iterations or time with one click, and over what was chosen last', async () => {
    await open()
    const seen = [await pictures()]
    for (const name of ['Iteration', 'Time trained']) {
      await page.getByRole('radio', { name }).check()
      await page.evaluate('inPage.frames()')
      seen.push(await pictures())
    }
    // Four charts and the numbers under them.
    expect(seen[0]).toHaveLength(5)
    for (const chart of seen[0]!.keys()) expect(new Set(seen.map((all) => all[chart])).size).toBe(3)
    expect(await page.evaluate('savedState.axis')).toBe('seconds')
    await page.context().close()
    await open({ saved: { runs: ['run-a'], axis: 'iteration' } })
    expect(await page.getByRole('radio', { name: 'Iteration' }).isChecked()).toBe(true)
    expect(errors).toEqual([])
  })

  test('reads the values under the hand, and under the keys aloud', async () => {
    await open()
    expect(await caption()).toBe('Last values')
    const surface = page.getByRole('application')
    const { x, y, width, height } = (await surface.boundingBox())!
    await page.mouse.move(x + width / 4, y + height / 2)
    await page.evaluate('inPage.frames()')
    expect(await caption()).toMatch(/^At epoch (9\.9|10\.0)/)
    expect((await readings())[0]).toMatch(/plain.*39\.\d % · val 37\.4 %/s)
    await surface.focus()
    await page.keyboard.press('Shift+ArrowRight')
    await page.evaluate('inPage.frames()')
    expect(await page.getByRole('status').innerText()).toMatch(
      /^epoch 10\.\d\d\. plain: loss .*, top-1 40.*\. multigrid: loss /,
    )
    await page.keyboard.press('Escape')
    await page.keyboard.press('+')
    await page.evaluate('inPage.frames()')
    expect(await surface.getAttribute('aria-label')).toMatch(/from epoch 6\.67 to epoch 33\.33/)
    await page.keyboard.press('Home')
    await page.evaluate('inPage.frames()')
    expect(await surface.getAttribute('aria-label')).toMatch(/from epoch 0\.00 to epoch 40\.00/)
    expect(errors).toEqual([])
  })

  test('draws what a live run has trained meanwhile', async () => {
    await open()
    const before = await pictures()
    const { id, facts, curves } = inventedRun({
      ...{ id: 'run-a', name: 'plain', steps: 6000, stepsPerEpoch: 100, secondsPerStep: 4, rate: 0.1 },
    })
    await send({
      type: 'update',
      runs: [
        { id, facts: { ...facts, state: 'running' }, curves: { loss: { from: 0, points: curves.loss } } },
      ],
    })
    const after = await pictures()
    expect(after[0]).not.toBe(before[0])
    expect(
      await page
        .getByRole('row', { name: /^State/ })
        .getByRole('cell')
        .allInnerTexts(),
    ).toEqual(['Training', 'Finished'])
    expect(await page.evaluate('posted')).toHaveLength(1)
    const points = { iteration: [], epoch: [], seconds: [], mean: [], min: [], max: [] }
    await send({ type: 'update', runs: [{ id, curves: { lr: { from: 9999, points } } }] })
    expect(await page.evaluate('posted')).toHaveLength(2)
  })

  test('names runs as text, and those that are no more', async () => {
    const evil = '<img src=x onerror=alert(1)>'
    const run = { ...comparison.runs[0]!, name: evil }
    await open({ shown: { ...comparison, runs: [run, comparison.runs[1]!], missing: [evil] } })
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.getByRole('columnheader', { name: evil, exact: true }).count()).toBe(1)
    expect(await page.locator('.notice').innerText()).toBe(`No longer there: ${evil}.`)
    await send({ ...comparison, runs: [], missing: ['run-a'] })
    expect(await page.locator('canvas').first().isVisible()).toBe(false)
    expect(errors).toEqual([])
  })

  test.each(['dark', 'light', 'hc-dark', 'hc-light'] as const)('has the colours of %s', async (theme) => {
    const more = [3, 4, 5].map((index) =>
      inventedRun({
        ...{ id: `run-${index}`, name: `seed ${index}`, steps: 4000, stepsPerEpoch: 100 },
        ...{ secondsPerStep: index, rate: 0.05 * index },
      }),
    )
    const settings = comparison.settings.map(({ key, values }) => ({
      key,
      values: [...values, '1', '2', '3'],
    }))
    await open({ theme: 'dark', shown: { ...comparison, runs: [...comparison.runs, ...more], settings } })
    const before = await pictures()
    await setTheme(theme)
    const after = await pictures()
    for (const chart of before.keys()) expect(after[chart] === before[chart]).toBe(theme === 'dark')
    const { x, y, width } = (await page.getByRole('application').boundingBox())!
    await page.mouse.move(x + width / 2, y + 60)
    mkdirSync('test-results/webview', { recursive: true })
    await page.screenshot({ path: `test-results/webview/compare-${theme}.png`, fullPage: true })
    expect(errors).toEqual([])
  })

  test('fits in a narrow tab', async () => {
    await open({ width: 320 })
    expect(await page.evaluate('inPage.overflow()')).toMatchObject({ excess: 0 })
    await page.screenshot({ path: 'test-results/webview/compare-narrow.png', fullPage: true })
  })
})
