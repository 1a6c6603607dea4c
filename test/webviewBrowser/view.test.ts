import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { recipes, sampleEdit, sampleRun, scenes, viewOf } from '../webview/fixtures/sampleRun'
import { bundleView, launchBrowser, noBrowser, openView } from './openView'
import type { Bundle, OpenView } from './openView'
import type { RunView } from '../../src/protocol/view'
import type { ThemeName } from './themes'

describe.skipIf(noBrowser)(`the view in Chromium${noBrowser ? `: ${noBrowser}` : ''}`, () => {
  let browser: Browser
  let bundle: Bundle
  let view: OpenView | undefined

  beforeAll(async () => {
    bundle = await bundleView()
    browser = await launchBrowser()
  })
  afterEach(() => view?.page.context().close())
  afterAll(() => browser.close())

  async function open(
    scene: string,
    options: { width?: number; theme?: ThemeName; saved?: unknown } = {},
  ): Promise<OpenView> {
    view = await openView({ browser, bundle, width: 300, theme: 'dark', ...options })
    await view.send({ type: 'snapshot', state: scenes[scene]! })
    return view
  }

  test('asks for the state when it appears', async () => {
    const { posted } = await open('empty')
    expect(await posted()).toEqual([{ type: 'ready' }])
  })

  test.each(Object.keys(scenes))(
    'draws %s in 250 pixels under the content security policy without a complaint',
    async (scene) => {
      const { page, errors, call } = await open(scene, { width: 250 })
      expect(await page.locator('main').isVisible()).toBe(true)
      expect(await call('overflow()')).toEqual({ excess: 0, cut: [] })
      expect(errors).toEqual([])
    },
  )

  test('takes the colours of another theme without a reload', async () => {
    const { call, setTheme, errors } = await open('inputBoundAtTimes')
    const seen: string[][] = []
    for (const theme of ['dark', 'light', 'hc-dark', 'hc-light'] as const) {
      await setTheme(theme)
      seen.push(await call('pictures()'))
    }
    expect(seen[0]).toHaveLength(8)
    for (const canvas of seen[0]!.keys()) expect(new Set(seen.map((all) => all[canvas])).size).toBe(4)
    expect(errors).toEqual([])
  })

  test('draws what was trained stronger than what is planned', async () => {
    const { call } = await open('running')
    const [trained, planned] = await call<[number, number]>('blueOfGrid([20 / 358, 190 / 358])')
    expect(trained).toBeGreaterThan(planned + 20)
  })

  test('posts the command of the button that is pressed, by mouse or key', async () => {
    const { page, posted } = await open('running')
    await page.getByRole('button', { name: 'Pause', exact: true }).click()
    await page.getByRole('button', { name: 'Checkpoint' }).focus()
    await page.keyboard.press('Enter')
    expect((await posted()).slice(1)).toEqual([
      { type: 'command', command: 'hold' },
      { type: 'command', command: 'checkpoint' },
    ])
  })

  test('says that training is input-bound, and asks for an explanation by a button', async () => {
    const { page, posted, send } = await open('inputBound')
    await page.getByText('input-bound, 84 %', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Explain' }).click()
    expect((await posted()).at(-1)).toEqual({ type: 'command', command: 'explainInput' })
    const now = { ...scenes['inputBound']!.run!.now!, inputBound: false, inputShare: 0.1 }
    await send({ type: 'update', run: { now } })
    expect(await page.getByRole('button', { name: 'Explain' }).isVisible()).toBe(false)
  })

  test('asks for the batch of now by a button, once there is a step', async () => {
    const { page, posted, send } = await open('running')
    await page.getByRole('button', { name: 'Batch', exact: true }).focus()
    await page.keyboard.press('Enter')
    expect((await posted()).at(-1)).toEqual({ type: 'command', command: 'showBatch' })
    await send({ type: 'snapshot', state: scenes['planned'] ?? scenes['empty']! })
    expect(await page.getByRole('button', { name: 'Batch', exact: true }).isVisible()).toBe(false)
  })

  test('draws an edited schedule beside the planned one, and asks what is to be done about it', async () => {
    const { page, posted, send, call } = await open('edited')
    await page.getByText('train.learningRate: 0.05 → 0.025', { exact: true }).waitFor()
    await page.getByText('Grid, edited', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Apply' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.getByRole('button', { name: 'Not Now' }).click()
    const commands = (await posted()).slice(1)
    expect(commands).toEqual(
      ['applyEdit', 'showEdit', 'dismissEdit'].map((command) => ({ type: 'command', command })),
    )
    const before = await call<string[]>('pictures()')
    await send({ type: 'update', run: { edit: { ...sampleEdit, state: 'waits' } as RunView['edit'] } })
    await page.getByRole('button', { name: 'Take Back' }).click()
    expect((await posted()).at(-1)).toEqual({ type: 'command', command: 'withdrawEdit' })
    await send({ type: 'update', run: { edit: null } })
    await page.getByText('Grid, edited', { exact: true }).waitFor({ state: 'hidden' })
    expect(await page.getByRole('button', { name: 'Take Back' }).isVisible()).toBe(false)
    expect(await call<string[]>('pictures()')).not.toEqual(before)
  })

  test('says why an edited schedule cannot hold', async () => {
    const { page } = await open('editRefused')
    await page.getByText(/cannot change while it trains/).waitFor()
    expect(await page.getByRole('button', { name: 'Apply' }).isVisible()).toBe(false)
    expect(await page.getByText('Grid, edited').isVisible()).toBe(false)
  })

  test('keeps the focus on the buttons when they change under the hand', async () => {
    const { page, send, call } = await open('running')
    await page.getByRole('button', { name: 'Pause', exact: true }).focus()
    await send({ type: 'update', run: { state: 'releasing' } })
    await send({ type: 'update', run: { state: 'released' } })
    expect(await call('focused()')).toBe('Resume')
  })

  test('offers the other runs and posts which one is chosen', async () => {
    const { page, posted } = await open('running')
    await page.getByRole('combobox', { name: 'Run' }).click()
    await page.getByRole('option', { name: /^motion/ }).click()
    expect((await posted()).at(-1)).toEqual({ type: 'select', run: recipes.motion.id })
  })

  test('shows the run that the host chose, wherever it stands in the list', async () => {
    const { page, send } = await open('running')
    const state = viewOf(sampleRun(recipes.motion, 12))
    await send({ type: 'snapshot', state: { ...state, runs: scenes['running']!.runs } })
    await expect
      .poll(() => page.locator('vscode-dropdown').evaluate((list: { value?: string }) => list.value))
      .toBe(recipes.motion.id)
  })

  test('says a change of state aloud, and nothing on every step', async () => {
    const { page, send } = await open('running')
    const spoken = () => page.getByRole('status').textContent()
    const before = await spoken()
    await send({ type: 'update', run: { now: { ...scenes['running']!.run!.now!, epoch: 172 } } })
    expect(await spoken()).toBe(before)
    await send({ type: 'update', run: { state: 'held' } })
    expect(await spoken()).toBe('kinetics. Paused, kept in memory')
  })

  test('shows a name made of markup as text', async () => {
    const evil = '<img src=x onerror=alert(1)>'
    const { page, send, errors } = await open('empty')
    let alerted = false
    page.on('dialog', () => (alerted = true))
    const run = sampleRun(recipes.motion, 3, {
      name: evil,
      reason: evil,
      problems: [{ time: 0, message: evil }],
      marks: [{ kind: 'problem', epoch: 1, time: 0, text: evil }],
    })
    await send({ type: 'snapshot', state: { ...viewOf(run), schedules: [evil] } })
    expect(await page.locator('.run-name').textContent()).toBe(evil)
    expect(await page.locator('img').count()).toBe(0)
    expect(alerted).toBe(false)
    expect(errors).toEqual([])
  })

  describe('the timeline', () => {
    const label = (page: Page) => page.locator('.surface').getAttribute('aria-label')

    test('zooms, pans and fits by keyboard alone', async () => {
      const { page } = await open('running')
      await page.locator('.surface').focus()
      await press(page, '+')
      expect(await label(page)).toContain('epochs 59.7 to 298.3')
      await press(page, 'ArrowRight')
      expect(await label(page)).toContain('epochs 83.5 to 322.2')
      await press(page, 'Home')
      expect(await label(page)).toContain('epochs 0.0 to 358.0')
    })

    test('zooms at the cursor by wheel and scrolls the page once all is in sight', async () => {
      const { page, call } = await open('running')
      const { x, y, width } = (await page.locator('.surface').boundingBox())!
      await page.mouse.move(x + width / 2, y + 60)
      await page.mouse.wheel(0, -300)
      await expect.poll(() => label(page)).not.toContain('epochs 0.0 to 358.0')
      await page.mouse.wheel(0, 3000)
      await expect.poll(() => label(page)).toContain('epochs 0.0 to 358.0')
      expect(await call('scrolled()')).toBe(0)
      await page.mouse.wheel(0, 200)
      await expect.poll(() => call('scrolled()')).toBeGreaterThan(0)
    })

    test('drags, shows one phase at a double click and all at the next', async () => {
      const { page } = await open('running')
      const { x, y, width } = (await page.locator('.surface').boundingBox())!
      await page.mouse.dblclick(x + width * 0.1, y + 60)
      await expect.poll(() => label(page)).toContain('epochs 0.0 to 73.0')
      await page.mouse.move(x + width * 0.75, y + 60)
      await page.mouse.down()
      await page.mouse.move(x + width * 0.25, y + 60, { steps: 3 })
      await page.mouse.up()
      await expect.poll(() => label(page)).toMatch(/epochs 36.[56] to 109.[56]/)
      await page.mouse.dblclick(x + width * 0.1, y + 60)
      await expect.poll(() => label(page)).toContain('epochs 0.0 to 358.0')
    })

    test('reads exact values under the crosshair in every lane', async () => {
      const { page } = await open('running')
      const { x, y, width } = (await page.locator('.surface').boundingBox())!
      await page.mouse.move(x + (width * 130) / 358, y + 60)
      const said = () => page.locator('.lane:not([hidden]) .lane-readout').allTextContents()
      await expect.poll(async () => (await said())[0]).toBe('128 × 16 × 224² · stride 2–4')
      expect((await said())[1]).toBe('planned 0.2 · used 0.2')
      expect((await said())[2]).toMatch(/^2\.\d+ \(.*\) · val 3\.\d+$/)
      expect(await page.getByRole('tooltip').textContent()).toContain('clip_0421.mp4 cannot be decoded')
      await page.mouse.move(0, 0)
      await expect.poll(() => page.locator('.crosshair').isVisible()).toBe(false)
    })

    test('follows now until a hand moves it', async () => {
      const { page, send } = await open('running')
      await page.getByRole('button', { name: 'Follow' }).click()
      await expect.poll(() => label(page)).toContain('epochs 123.9 to 183.5')
      await send({ type: 'update', run: { now: { ...scenes['running']!.run!.now!, epoch: 200 } } })
      expect(await label(page)).toContain('epochs 152.3 to 211.9')
      await page.locator('.surface').focus()
      await press(page, 'ArrowLeft')
      expect(await page.getByRole('button', { name: 'Follow' }).getAttribute('aria-pressed')).toBe('false')
    })

    test('opens where it was left', async () => {
      const { page } = await open('running', { saved: { at: 'free', range: { start: 100, end: 150 } } })
      expect(await label(page)).toContain('epochs 100.0 to 150.0')
    })

    test('tells its phases to people who hear it', async () => {
      const { page } = await open('running')
      const rows = page.getByRole('table', { name: 'Phases of the schedule' }).getByRole('row')
      expect(await rows.count()).toBe(15)
      expect(await rows.nth(1).textContent()).toContain('1,024 × 8 × 112², 512 × 8 × 158²')
    })

    test('tells where training was input-bound to people who hear it, and takes no room where it was not', async () => {
      const { page, send, call } = await open('inputBoundAtTimes')
      const items = page.getByRole('list', { name: 'Where training was input-bound' }).getByRole('listitem')
      expect(await items.allTextContents()).toEqual([
        'Epochs 0.0 to 73.0: 43 % of the time waiting for data',
        'Epochs 110.0 to 112.5: 22 % of the time waiting for data',
        'Epochs 158.0 to 171.6: 31 % of the time waiting for data',
      ])
      const height = () =>
        page.locator('.lanes').evaluate((lanes: { clientHeight?: number }) => lanes.clientHeight!)
      const before = await height()
      await send({ type: 'update', run: { inputBound: [] } })
      await call('frames()')
      expect(await height()).toBeLessThan(before)
      expect(await items.count()).toBe(0)
    })

    test('takes no room for curves that have not begun', async () => {
      const { page } = await open('planned')
      expect(await page.locator('.lane-title:visible').allTextContents()).toEqual(['Grid', 'Learning rate'])
    })
  })

  test('two hundred runs shown one after the other leave one plot a curve', async () => {
    const { page, send } = await open('firstPhase')
    for (let turn = 0; turn < 200; turn++) {
      const scene = turn % 2 ? 'firstPhase' : 'paused'
      await page.evaluate(`postMessage(${JSON.stringify({ type: 'snapshot', state: scenes[scene] })}, '*')`)
    }
    await send({ type: 'snapshot', state: scenes['running']! })
    expect(await page.locator('.uplot').count()).toBe(3)
  })
})

async function press(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key)
  await page.evaluate('inPage.frames()')
}
