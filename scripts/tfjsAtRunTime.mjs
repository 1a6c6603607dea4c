import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/**
 * An esbuild plugin: the trainer's TensorFlow.js is found when it starts, so that our code and the native backend share
 * one copy.
 */
export const tfjsAtRunTime = {
  name: 'tfjs-at-run-time',
  setup(build) {
    build.onResolve({ filter: /^@tensorflow\/tfjs-core$/ }, () => ({ path: 'tfjs-core', namespace: 'tfjs' }))
    build.onLoad({ filter: /.*/, namespace: 'tfjs' }, () => ({
      contents: `module.exports = require('./src/trainer/backends/resolve').requireTfjs('@tensorflow/tfjs-core')`,
      resolveDir: root,
    }))
  },
}
