import type { Runner, Test } from 'mocha'

/** A window may be slow once; a test that needed its second try is named, with what its first one failed by. */
export function sayRetries(runner: Runner, print: (line: string) => void): void {
  runner.on('retry', (test: Test, error: Error) =>
    print(`    again: "${test.fullTitle()}" failed once: ${error.message}`),
  )
}
