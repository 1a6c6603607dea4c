// npm run setup: installs TensorFlow and ffmpeg into the per-user runtime folder, unless they are there.
// node scripts/setup.mjs [--force] [--prefer auto|tfjs-node-gpu|tfjs-node|wasm]
import { createRequire } from 'node:module'
import path from 'node:path'
import { parseArgs } from 'node:util'
import esbuild from 'esbuild'
import { root } from './install.mjs'

const { values } = parseArgs({
  options: { force: { type: 'boolean', default: false }, prefer: { type: 'string', default: 'auto' } },
})

const bundle = path.join(root, 'dist', 'setup.cjs')
esbuild.buildSync({
  absWorkingDir: root,
  stdin: {
    contents: `export * from './src/runtime/install'; export * from './src/runtime/folder'`,
    resolveDir: root,
  },
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
})
const { ensureRuntime, preferences, runtimeFolder } = createRequire(import.meta.url)(bundle)

if (!preferences.includes(values.prefer)) {
  console.error(`--prefer takes one of: ${preferences.join(', ')}.`)
  process.exit(2)
}

const abort = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => abort.abort())

const began = performance.now()
const seconds = () => ((performance.now() - began) / 1000).toFixed(0).padStart(4)
try {
  const folder = runtimeFolder()
  const runtime = await ensureRuntime({
    folder,
    force: values.force,
    prefer: values.prefer,
    signal: abort.signal,
    log: (line) => console.log(`${seconds()} s  ${line}`),
  })
  console.log(`${runtime.fresh ? 'Installed' : 'Already installed'}: ${runtime.backend} (${runtime.reason}).`)
  console.log(`  ${folder}`)
  if (!runtime.fresh && runtime.backend === 'wasm')
    console.log('  npm run setup -- --force tries again for native TensorFlow.')
} catch (error) {
  console.error(error.name === 'HumanError' ? error.message : error.stack)
  process.exitCode = 1
}
