import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'
import { HumanError } from '../../src/HumanError'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** The browser to test in: $CHROMIUM, then PATH, then Playwright's own cache. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const found = [
    ...(env.CHROMIUM === undefined ? [] : [env.CHROMIUM]),
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
    chromium.executablePath(),
  ].find((path) => existsSync(path))
  if (found === undefined) {
    throw new HumanError(
      'No Chromium was found to run VS Code in. Install it (apt-get install chromium, or npx playwright-core install chromium), ' +
        'or set CHROMIUM to the path of one.',
    )
  }
  return found
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-dev-shm-usage', // containers often give it 64 MB
      '--disable-sync',
    ],
  })
}
