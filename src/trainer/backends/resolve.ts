import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** The per-user runtime folder, when it holds TensorFlow.js. */
export function tfjsRuntime(): string | undefined {
  const folder = process.env['MULTIGRID_RUNTIME']
  return folder && existsSync(join(folder, 'node_modules/@tensorflow/tfjs-core')) ? folder : undefined
}

/** Loads a TensorFlow.js package so that every caller shares one tfjs-core; throws what `require` throws. */
export function requireTfjs(name: string): unknown {
  return createRequire(__filename)(resolveTfjs(name))
}

/** The file that `name` loads from: the runtime folder, else the copies beside the bundle, else the checkout. */
export function resolveTfjs(name: string): string {
  const runtime = tfjsRuntime()
  const bundled = join(__dirname, 'tfjs', `${name.replace('@tensorflow/', '')}.js`)
  if (!runtime && existsSync(bundled)) return bundled
  return createRequire(runtime ? join(runtime, 'package.json') : __filename).resolve(name)
}
