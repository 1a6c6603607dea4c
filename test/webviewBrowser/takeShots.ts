import { mkdir } from 'node:fs/promises'
import { scenes } from '../webview/fixtures/sampleRun'
import type { Page } from 'playwright-core'
import { bundleView, launchBrowser, openView } from './openView'
import type { ThemeName } from './themes'

const folder = 'test-results/webview'

/** Scene, theme and width of each picture; all scenes at sidebar width, the main one in every theme and width. */
const shots: (readonly [scene: string, theme: ThemeName, width: number])[] = [
  ...Object.keys(scenes).map((scene) => [scene, 'dark', 300] as const),
  ...(['dark', 'light', 'hc-dark', 'hc-light'] as const).flatMap((theme) =>
    [250, 400, 1000].map((width) => ['running', theme, width] as const),
  ),
  ...(['light', 'hc-dark', 'hc-light'] as const).map((theme) => ['edited', theme, 400] as const),
  ['edited', 'dark', 250],
  ['pointed', 'dark', 300],
  ['pointed', 'hc-light', 300],
  ['zoomed', 'dark', 400],
  ['zoomed', 'light', 1000],
  ['paused', 'hc-dark', 400],
  ['empty', 'light', 250],
  ['steps', 'dark', 400],
  ['steps', 'hc-light', 400],
  ...(['dark', 'light', 'hc-dark', 'hc-light'] as const).flatMap((theme) => [
    ['inputBound', theme, 250] as const,
    ['inputBoundAtTimes', theme, 250] as const,
  ]),
]

/** Where the timeline looks in scenes that do not show all of it. */
const looks: Record<string, unknown> = { steps: { at: 'free', range: { start: 12.5, end: 18.5 } } }

/** What a hand does before the picture is taken. */
const prepare: Record<string, (page: Page) => Promise<void>> = {
  pointed: async (page) => {
    const { x, y, width, height } = (await page.locator('.surface').boundingBox())!
    await page.mouse.move(x + (width * 130) / 358, y + height / 2)
  },
  zoomed: async (page) => {
    const { x, y, width } = (await page.locator('.surface').boundingBox())!
    await page.mouse.move(x + (width * 90) / 358, y + 60)
    for (let turn = 0; turn < 4; turn++) await page.mouse.wheel(0, -200)
    await page.waitForTimeout(100)
  },
}

/** Draws what was asked for (`only`: a part of the pictures' names) and says where it lies. */
export async function takeShots(only = ''): Promise<void> {
  await mkdir(folder, { recursive: true })
  const bundle = await bundleView()
  console.log(
    `webview.js ${(bundle.script.length / 1024).toFixed(0)} KiB, webview.css ${(bundle.style.length / 1024).toFixed(0)} KiB, minified`,
  )
  const browser = await launchBrowser()
  try {
    for (const [scene, theme, width] of shots) {
      const name = `${scene}-${theme}-${width}`
      if (!name.includes(only)) continue
      const { page, send, errors } = await openView({ browser, bundle, width, theme, saved: looks[scene] })
      await send({
        type: 'snapshot',
        state: scenes[scene] ?? scenes[scene === 'steps' ? 'paused' : 'running']!,
      })
      await prepare[scene]?.(page)
      await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true })
      for (const error of errors) console.error(`${name}: ${error}`)
      await page.context().close()
      console.log(`${folder}/${name}.png`)
    }
  } finally {
    await browser.close()
  }
}
