// npm test: installs what is missing, then runs everything. `node scripts/test.mjs types unit` runs only those.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { installPackages, root, run } from './install.mjs'

const results = path.join(root, 'test-results')
const unitReport = path.join(results, 'unit.json')
const vscodeReport = path.join(results, 'vscode.json')
const bin = (name) => path.join(root, 'node_modules', name)

const steps = {
  setup: () => run(process.execPath, ['scripts/setup.mjs']),
  build: () => run(process.execPath, ['scripts/build.mjs', '--tests']),
  types: () =>
    run(process.execPath, [bin('typescript/bin/tsc'), '-p', 'tsconfig.json']) &&
    run(process.execPath, [bin('typescript/bin/tsc'), '-p', 'webview/tsconfig.json']),
  lint: () =>
    run(process.execPath, [bin('eslint/bin/eslint.js'), '.']) &&
    run(process.execPath, [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']),
  walls: () =>
    run(process.execPath, [
      bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      'src',
      'webview',
    ]),
  unit: () =>
    run(process.execPath, [
      bin('vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${unitReport}`,
    ]),
  vscode: () => run(process.execPath, ['dist/test/vscode/run.js', '--report', vscodeReport]),
}

const chosen = process.argv.slice(2)
const unknown = chosen.filter((name) => !(name in steps))
if (unknown.length > 0) {
  console.error(`There is no step "${unknown[0]}": ${Object.keys(steps).join(', ')}.`)
  process.exit(2)
}

installPackages()
rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })
const failed = []
for (const [name, step] of Object.entries(steps)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  console.log(`\n== ${name}`)
  const began = Date.now()
  const ok = step()
  console.log(`== ${name}: ${ok ? 'good' : 'FAILED'} (${((Date.now() - began) / 1000).toFixed(0)} s)`)
  if (!ok) failed.push(name)
}

const counts = { passed: 0, failed: 0, skipped: 0 }
for (const file of [unitReport, vscodeReport]) {
  if (!existsSync(file)) continue
  const report = JSON.parse(readFileSync(file, 'utf8'))
  counts.passed += report.numPassedTests
  counts.failed += report.numFailedTests
  counts.skipped += report.numPendingTests
}
if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`)
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exit(failed.length > 0 ? 1 : 0)
