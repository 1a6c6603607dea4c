// npm run -s verify:model -- FILE.safetensors [--backend auto|tfjs-node-gpu|tfjs-node|wasm]: loads the weights and inputs
// of a golden file, evaluates and takes one training step's forward and backward, and prints relative errors as JSON.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { installPackages, root } from './install.mjs'

const { log } = console
console.log = console.error // only the result goes to the standard output
installPackages()
const { setUpRuntime } = await import('./setup.mjs')
const { bundleTools } = await import('./bundleTools.mjs')
const runtime = await setUpRuntime()
await bundleTools({ verifyModel: 'scripts/verifyModel.ts' })
console.log = log
const { status } = spawnSync(
  process.execPath,
  [path.join(root, 'dist', 'verifyModel.js'), ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: { ...process.env, MULTIGRID_RUNTIME: runtime.folder, TF_CPP_MIN_LOG_LEVEL: '2' },
  },
)
process.exitCode = status ?? 1
