import { existsSync } from 'node:fs'
import path from 'node:path'
import type { BackendName } from '../../src/trainer/backends/load'

/** The backends that this machine has, for tests that run on each of them in turn. */
export const testedBackends: readonly BackendName[] = isNative() ? ['tfjs-node', 'wasm'] : ['wasm']

function isNative(): boolean {
  const runtime = process.env['MULTIGRID_RUNTIME']
  if (runtime === undefined) return false
  return existsSync(path.join(runtime, 'node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node'))
}
