import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { defineConfig } from 'vitest/config'
import { readRuntime, runtimeFolder } from './src/runtime/folder'

// TensorFlow.js is one instance, shared with the native backend, as in the bundle: the runtime folder's copy if there is one.
const folder = runtimeFolder()
const runtime = readRuntime(folder) || process.env['MULTIGRID_RUNTIME'] ? folder : undefined
const tfjsCore = createRequire(path.join(runtime ?? import.meta.dirname, 'package.json')).resolve(
  '@tensorflow/tfjs-core',
)

export default defineConfig({
  resolve: { alias: { '@tensorflow/tfjs-core': tfjsCore } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vscode/**', 'test/long/**'],
    testTimeout: 120_000,
    pool: 'forks',
    // Most of what takes long is another process: waiting for one leaves room for the next.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    env: runtime === undefined ? {} : { MULTIGRID_RUNTIME: runtime, TF_CPP_MIN_LOG_LEVEL: '2' },
  },
})
