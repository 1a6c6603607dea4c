import { readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Bundles test/vscode into dist/test/vscode: one file for each test, the runners, and the entry in the extension host. */
export async function buildTests() {
  const from = join(root, 'test', 'vscode')
  const to = join(root, 'dist', 'test', 'vscode')
  const files = await readdir(from, { recursive: true })
  await rm(to, { recursive: true, force: true }) // a test whose source is gone must not run
  await build({
    entryPoints: files.filter((file) => isEntry(file)).map((file) => join(from, file)),
    outbase: from,
    outdir: to,
    bundle: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    format: 'cjs',
    target: 'node20',
    sourcemap: true,
    logLevel: 'warning',
    // The scripts that tests share are ES modules beside their data: bundled as CommonJS, they must still find it.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'scripts', 'bundled.mjs')).href) },
    external: ['vscode', 'mocha', 'playwright-core', '@vscode/test-electron'],
  })
}

function isEntry(file) {
  return /\.(test|e2e)\.ts$/.test(file) || [join('host', 'index.ts'), 'run.ts', 'desktop.ts'].includes(file)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildTests()
