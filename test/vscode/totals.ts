import { writeFileSync } from 'node:fs'

export interface Totals {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const none: Totals = { passed: 0, failed: 0, skipped: 0 }

export function sum(a: Totals, b: Totals): Totals {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}

/** The last line that tests inside VS Code print: how they went, for the runner outside. */
export function totalsLine(totals: Totals): string {
  return `totals ${JSON.stringify(totals)}`
}

export function readTotals(line: string): Totals | undefined {
  return line.startsWith('totals {') ? (JSON.parse(line.slice('totals '.length)) as Totals) : undefined
}

/** In the words of vitest's report, so that both can be added up. */
export function writeReport(file: string, { passed, failed, skipped }: Totals): void {
  writeFileSync(
    file,
    JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped }),
  )
}
