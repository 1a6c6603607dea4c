// Bundles the extension, the command line, the trainer with its workers, and the webview into dist/.
// node scripts/build.mjs [--watch] [--production] [--tests]
import { copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import esbuild from 'esbuild'
import { tfjsAtRunTime } from './tfjsAtRunTime.mjs'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const flag = (name) => process.argv.includes(`--${name}`)

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: flag('production'),
  sourcemap: flag('production') ? false : 'linked',
  logLevel: 'warning',
  legalComments: 'none',
}
const node = { ...common, platform: 'node', format: 'cjs', target: 'node20', mainFields: ['module', 'main'] }

const bundles = [
  { ...node, entryPoints: { extension: 'src/extension.ts' }, outdir: 'dist', external: ['vscode'] },
  // Fails where something that it reaches needs Node.
  {
    ...common,
    platform: 'browser',
    format: 'cjs',
    target: 'es2022',
    entryPoints: { browser: 'src/browser.ts' },
    outdir: 'dist',
    external: ['vscode'],
  },
  { ...node, entryPoints: { cli: 'src/cli.ts' }, outdir: 'dist', banner: { js: '#!/usr/bin/env node' } },
  {
    ...node,
    entryPoints: { trainer: 'src/trainer/main.ts', decodeWorker: 'src/data/decodeWorker.ts' },
    outdir: 'dist',
    plugins: [tfjsAtRunTime],
  },
  // The copy for machines without a native runtime: core and the wasm backend, which share it.
  {
    ...node,
    entryPoints: { 'tfjs-core': '@tensorflow/tfjs-core' },
    outdir: 'dist/tfjs',
    mainFields: ['main'],
    sourcemap: false,
    minify: true,
  },
  {
    ...node,
    entryPoints: { 'tfjs-backend-wasm': '@tensorflow/tfjs-backend-wasm' },
    outdir: 'dist/tfjs',
    mainFields: ['main'],
    sourcemap: false,
    minify: true,
    plugins: [
      {
        name: 'core-beside',
        setup(build) {
          build.onResolve({ filter: /^@tensorflow\/tfjs-core/ }, () => ({
            path: './tfjs-core.js',
            external: true,
          }))
        },
      },
    ],
  },
  {
    ...common,
    platform: 'browser',
    format: 'iife',
    target: 'chrome128',
    entryPoints: {
      webview: 'webview/main.ts',
      'webview-style': 'webview/styles.css',
      batch: 'webview/batch.ts',
      'batch-style': 'webview/batch.css',
      doctor: 'webview/doctor.ts',
      'doctor-style': 'webview/doctor.css',
      compare: 'webview/compare.ts',
      'compare-style': 'webview/compare.css',
      doctor: 'webview/doctor.ts',
      'doctor-style': 'webview/doctor.css',
    },
    entryNames: '[name]',
    outdir: 'dist',
  },
]

const wasmFiles = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']

const present = bundles.filter(({ entryPoints }) =>
  Object.values(entryPoints).every((entry) => entry.startsWith('@') || existsSync(path.join(root, entry))),
)
if (present.length < bundles.length && !flag('partial')) {
  throw new Error('An entry point is missing; --partial builds what is there.')
}
mkdirSync(path.join(root, 'dist/tfjs'), { recursive: true })
for (const file of wasmFiles) {
  const from = path.join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/dist', file)
  const to = path.join(root, 'dist/tfjs', file)
  if (!existsSync(to) || statSync(to).size !== statSync(from).size) copyFileSync(from, to)
}
if (flag('watch')) {
  const contexts = await Promise.all(
    present.map((options) => esbuild.context({ ...options, logLevel: 'info' })),
  )
  await Promise.all(contexts.map((context) => context.watch()))
} else {
  await Promise.all(present.map((options) => esbuild.build(options)))
  if (flag('tests')) await (await import('./buildTests.mjs')).buildTests()
}
