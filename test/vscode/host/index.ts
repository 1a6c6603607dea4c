import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { format } from 'node:util'
import Mocha from 'mocha'
import { totalsLine } from '../totals'

/** What VS Code calls inside the extension host; it rejects when a test failed. */
export function run(): Promise<void> {
  const mark = process.env.MULTIGRID_TEST_MARK ?? '' // tells the runner our lines from VS Code's own
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => console.log(`${mark}${format(...args)}`)
  const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, grep: process.env.MULTIGRID_TEST_GREP ?? '' })
  for (const file of readdirSync(__dirname))
    if (file.endsWith('.test.js')) mocha.addFile(join(__dirname, file))
  return new Promise((resolve, reject) => {
    const runner = mocha.run((failures) => {
      const { passes = 0, pending = 0 } = runner.stats ?? {}
      Mocha.reporters.Base.consoleLog(totalsLine({ passed: passes, failed: failures, skipped: pending }))
      if (failures === 0) resolve()
      else reject(new Error(`${failures} failed`))
    })
  })
}
