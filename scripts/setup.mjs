// npm run setup: installs TensorFlow and ffmpeg into the per-user runtime folder, unless they are there.
// node scripts/setup.mjs [--force] [--prefer auto|tfjs-node-gpu|tfjs-node|wasm]
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installPackages, root } from './install.mjs'

/**
 * Makes the runtime folder and says what it holds; throws the installer's HumanError when nothing can be had.
 * @param {{ force?: boolean, prefer?: string }} [options]
 * @returns {Promise<{ folder: string, backend: string, reason: string, ffmpeg?: string }>} `ffmpeg` is absolute
 */
export async function setUpRuntime({ force = false, prefer = 'auto' } = {}) {
  installPackages()
  const { default: esbuild } = await import('esbuild')
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
  if (!preferences.includes(prefer)) throw new Error(`--prefer takes one of: ${preferences.join(', ')}.`)

  const abort = new AbortController()
  const cancel = () => abort.abort()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, cancel)
  const began = performance.now()
  const seconds = () => ((performance.now() - began) / 1000).toFixed(0).padStart(4)
  try {
    const folder = runtimeFolder()
    const runtime = await ensureRuntime({
      folder,
      force,
      prefer,
      signal: abort.signal,
      log: (line) => console.log(`${seconds()} s  ${line}`),
    })
    console.log(
      `${runtime.fresh ? 'Installed' : 'Already installed'}: ${runtime.backend} (${runtime.reason}).`,
    )
    console.log(`  ${folder}`)
    if (!runtime.fresh && runtime.backend === 'wasm')
      console.log('  npm run setup -- --force tries again for native TensorFlow.')
    return { ...runtime, folder, ffmpeg: runtime.ffmpeg && path.resolve(folder, runtime.ffmpeg) }
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, cancel)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { force: { type: 'boolean', default: false }, prefer: { type: 'string', default: 'auto' } },
  })
  try {
    await setUpRuntime(values)
  } catch (error) {
    console.error(error.name === 'HumanError' ? error.message : error.stack)
    process.exitCode = 1
  }
}
