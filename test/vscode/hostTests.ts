import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { format } from 'node:util'
import type { Browser } from 'playwright-core'
import { startServer, windowAddress } from '../../scripts/vscodeServer.mjs'
import type { Server } from '../../scripts/vscodeServer.mjs'
import { launchChromium } from './chromium'
import { resultsFolder } from './results'
import { none, readTotals } from './totals'
import type { Totals } from './totals'

export interface HostTests {
  /** The folder of the extension under test. */
  extension: string
  /** The built file whose `run()` runs them. */
  tests: string
  grep?: string
}

const mark = '[host test] '
const limitMs = 300_000

/** Runs tests inside the extension host of a VS Code server, printing what they print; one that never ended has failed. */
export async function runHostTests({ extension, tests, grep = '' }: HostTests): Promise<Totals> {
  const dataDir = await mkdtemp(join(tmpdir(), 'multigrid-vscode-'))
  const folder = await mkdtemp(join(tmpdir(), 'multigrid-workspace-'))
  const env = {
    MULTIGRID_TEST_EXTENSION: extension,
    MULTIGRID_TEST_GREP: grep,
    MULTIGRID_TEST_MARK: mark,
  }
  const log: string[] = []
  let passed = false
  let totals: Totals | undefined
  const browser = await launchChromium()
  const server = await startServer({ dataDir, smokeTestDriver: true, env, log: console.log })
  try {
    const target = { folder, extensionDevelopmentPath: extension, extensionTestsPath: tests }
    passed = await outcome(browser, server, windowAddress(server, target), (type, line) => {
      log.push(`${type} ${line}`)
      if (!line.startsWith(mark)) return
      const said = line.slice(mark.length)
      totals ??= readTotals(said)
      if (!said.startsWith('totals ')) console.log(said)
    })
    if (totals && passed === (totals.failed === 0)) return totals
    return { ...(totals ?? none), failed: Math.max(1, totals?.failed ?? 0) }
  } finally {
    await browser.close()
    await server.stop()
    if (!passed) console.log(`Logs of the host tests: ${await keepLogs(dataDir, log)}`)
    await Promise.all(
      [dataDir, folder].map((path) => rm(path, { recursive: true, force: true, maxRetries: 3 })),
    )
  }
}

/** VS Code calls two functions of the page: one for every line it logs, one with the exit code of the tests. */
async function outcome(
  browser: Browser,
  server: Server,
  address: string,
  onLine: (type: string, line: string) => void,
): Promise<boolean> {
  const page = await browser.newPage()
  await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) =>
    onLine(type, format(...args)),
  )
  const exit = new Promise<boolean>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`The host tests did not end in ${limitMs / 60_000} min.`)),
      limitMs,
    )
    late.unref()
    page.once('crash', () => reject(new Error('The VS Code window crashed while the host tests ran.')))
    void server.stopped.then((tail) =>
      reject(new Error(`The VS Code server ended during the host tests:\n${tail}`)),
    )
    void page.exposeFunction('codeAutomationExit', (code: number) => resolve(code === 0))
  })
  await page.goto(address)
  return exit
}

async function keepLogs(dataDir: string, log: readonly string[]): Promise<string> {
  const to = join(resultsFolder, 'host-tests-logs')
  await mkdir(to, { recursive: true })
  await writeFile(join(to, 'console.log'), log.join('\n'))
  await cp(join(dataDir, 'data', 'logs'), to, { recursive: true })
  return to
}
