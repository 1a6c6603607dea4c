import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import Mocha from 'mocha'
import { HumanError } from '../../src/HumanError'
import { extensionUnderTest } from './extensionUnderTest'
import { runHostTests } from './hostTests'
import { none, sum, writeReport } from './totals'
import type { Totals } from './totals'

/** Runs the tests that need VS Code: `run.js [host] [e2e] [--grep TEXT] [--report FILE]`, both kinds by default. */
async function main(args: readonly string[]): Promise<boolean> {
  const option = (name: string): string | undefined => {
    const at = args.indexOf(name)
    return at === -1 ? undefined : args[at + 1]
  }
  const grep = option('--grep') ?? ''
  const kinds = args.filter((arg) => arg === 'host' || arg === 'e2e')
  const wants = (kind: 'host' | 'e2e') => kinds.length === 0 || kinds.includes(kind)
  let totals = none
  if (wants('host')) {
    const tests = join(__dirname, 'host', 'index.js')
    totals = sum(totals, await runHostTests({ extension: extensionUnderTest, tests, grep }))
  }
  if (wants('e2e')) totals = sum(totals, await runEndToEndTests(grep))
  const report = option('--report')
  if (report !== undefined) writeReport(report, totals)
  return totals.failed === 0
}

function runEndToEndTests(grep: string): Promise<Totals> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 180_000, grep })
  const folder = join(__dirname, 'e2e')
  for (const file of readdirSync(folder)) if (file.endsWith('.e2e.js')) mocha.addFile(join(folder, file))
  return new Promise((resolve) => {
    const runner = mocha.run((failed) => {
      const { passes = 0, pending = 0 } = runner.stats ?? {}
      resolve({ passed: passes, failed, skipped: pending })
    })
  })
}

// Servers die on exit, and a signal alone would not be one.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
main(process.argv.slice(2)).then(
  (passed) => process.exit(passed ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof HumanError ? error.message : error)
    process.exit(1)
  },
)
