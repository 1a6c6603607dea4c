import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { contactSheet, encodePng } from '../../src/data/contactSheet'
import type { ShownBatch } from '../../src/data/showBatch'
import { batchPage, batchTitle } from '../../src/host/views/batchPage'
import { ffmpeg } from '../data/ffmpegTools'
import { launchBrowser, noBrowser } from './openView'

const origin = 'https://batch.test'
const evil = '<img src=x onerror=alert(1)>.mp4'
const [frames, size] = [3, 8]

/** Clip number r is of one grey, 40 r + frame, all over. */
const pixels = Uint8Array.from({ length: 3 * frames * size * size * 3 }, (_, i) => {
  const frame = Math.floor(i / (size * size * 3))
  return 60 + 40 * Math.floor(frame / frames) + (frame % frames)
})

const shown: Omit<ShownBatch, 'png'> = {
  shape: { batch: 32, frames, size },
  clips: [
    {
      footage: { kind: 'video', file: `/data/"><b>/${evil}` },
      classes: ['</strong><script>alert(2)</script>'],
    },
    { footage: { kind: 'video', file: "/data/it's.mp4", part: [3, 13] }, classes: ['jump', 'run'] },
    {
      footage: { kind: 'pictures', folder: '/data/frames/7' },
      classes: [],
      inPlaceOf: { kind: 'video', file: `/data/${evil}` },
    },
  ],
}

describe.skipIf(noBrowser)('the page of a batch', () => {
  let browser: Browser
  let assets: Record<string, { contentType: string; body: string }>
  let png: Buffer
  let page: Page
  let errors: string[]

  beforeAll(async () => {
    browser = await launchBrowser()
    const { outputFiles } = await build({
      entryPoints: ['webview/batch.ts', 'webview/batch.css'],
      bundle: true,
      format: 'iife',
      target: 'es2022',
      outdir: 'unused',
      write: false,
    })
    const text = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))!.text
    assets = {
      '/batch.js': { contentType: 'text/javascript', body: text('.js') },
      '/batch.css': { contentType: 'text/css', body: text('.css') },
    }
    png = await encodePng(ffmpeg, contactSheet({ pixels, size, columns: frames }))
  })
  afterAll(() => browser.close())
  afterEach(() => page.context().close())

  async function open(): Promise<void> {
    page = await (await browser.newContext({ viewport: { width: 700, height: 500 } })).newPage()
    errors = []
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(String(error)))
    page.on('dialog', (dialog) => errors.push(`it said ${dialog.message()}`))
    const batch = { run: '<i>mine</i>', iteration: 1234, shown: { ...shown, png } }
    const links = { script: '/batch.js', style: '/batch.css', source: origin, nonce: 'bm9uY2U' }
    const body = batchPage(batch, links)
    await page.route('**/*', (route) => {
      const { pathname } = new URL(route.request().url())
      const found = pathname === '/' ? { contentType: 'text/html; charset=utf-8', body } : assets[pathname]
      return found ? route.fulfill(found) : route.abort()
    })
    await page.addInitScript(
      'window.posted = []; window.acquireVsCodeApi = () => ({ postMessage: (message) => window.posted.push(message) })',
    )
    await page.goto(`${origin}/`)
    await page.evaluate(`window.postMessage({ type: 'picture', png: new Uint8Array([${png.join()}]) }, '*')`)
    await page
      .locator('.strip')
      .first()
      .evaluate((image: { decode?: () => Promise<void> }) => image.decode?.())
  }

  test('shows what files and classes are called as text, under its content security policy', async () => {
    await open()
    const rows = page.getByRole('listitem')
    expect((await rows.allTextContents()).map((text) => text.trim().split('\n'))).toEqual([
      ['</strong><script>alert(2)</script>', evil],
      ['jump, run', "it's.mp4 (3 s to 13 s)"],
      ['no class', `7in place of ${evil}, which cannot be read`],
    ])
    expect(await page.getByRole('button', { name: evil }).getAttribute('title')).toBe(`/data/"><b>/${evil}`)
    expect(await page.locator('img').count()).toBe(3)
    expect(await page.locator('script').count()).toBe(1)
    expect(await page.getByRole('paragraph').textContent()).toBe(
      'Run <i>mine</i>: 32 clips of 3 frames, 8 × 8 pixels, as the network sees them before normalisation. Shown are the first 3.',
    )
    expect(errors).toEqual([])
  })

  test('shows in each row the frames of its clip', async () => {
    await open()
    const strips = page.getByRole('img', { name: /^3 frames of / })
    for (let row = 0; row < 3; row++) {
      const box = (await strips.nth(row).boundingBox())!
      expect([box.width, box.height]).toEqual([2 * (frames * (size + 2) - 2), 2 * size])
      const picture = (await strips.nth(row).screenshot()).toString('base64')
      const grey = await page.evaluate<number[]>(`(async () => {
        const image = new Image()
        image.src = URL.createObjectURL(new Blob([Uint8Array.from(atob('${picture}'), (c) => c.charCodeAt(0))]))
        await image.decode()
        const canvas = new OffscreenCanvas(image.width, image.height)
        const pen = canvas.getContext('2d')
        pen.drawImage(image, 0, 0)
        return [0, 15, 18, 20, 35, 55].map((x) => pen.getImageData(x, 8, 1, 1).data[0])
      })()`)
      const first = 60 + 40 * row
      expect(grey).toEqual([first, first, 48, first + 1, first + 1, first + 2])
    }
  })

  test('asks for its picture and for the file whose name is clicked or entered', async () => {
    await open()
    await page.getByRole('button', { name: evil }).click()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('window.posted')).toEqual([
      { type: 'ready' },
      { type: 'open', row: 0 },
      { type: 'open', row: 1 },
    ])
  })

  test('is called by the iteration and the shape', () => {
    const { clips, shape } = shown
    expect(batchTitle({ run: 'mine', iteration: 1234, shown: { clips, shape, png } })).toBe(
      'Batch of iteration 1234 - 32 × 3 × 8²',
    )
  })
})
