// npm run bench [-- PART...] [--quick]: measures schedule, step, monitoring, activation and sizes, or only what is named,
// and prints one JSON object. "multigrid" (trainings with and without, an hour or more) is measured when it is named:
// npm run bench -- multigrid [--seeds 3] [--epochs 60] [--variants plain,multigrid,...].
// "input" (reading clips) is measured when it is named too; --ffmpeg FILE reads with that one.
// "step" takes peers: --stock times the same network in stock TensorFlow.js, --torch PYTHON in PyTorch.
// What it does meanwhile goes to the standard error. Numbers compare within one run, on the machine that it names.
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { benchArguments } from './bench/arguments.mjs'
import { installPackages, root } from './install.mjs'
import { setUpRuntime } from './setup.mjs'

let wanted
try {
  wanted = benchArguments(process.argv.slice(2))
} catch (error) {
  console.error(error.message)
  process.exit(2)
}
const { chosen, quick } = wanted
console.log = console.error // only the result goes to the standard output

installPackages()
const runtime = await setUpRuntime()
const env = { ...process.env, MULTIGRID_RUNTIME: runtime.folder, TF_CPP_MIN_LOG_LEVEL: '2' }

await build()
const backends = [...(runtime.backend === 'wasm' ? [] : [runtime.backend]), 'wasm']
const measures = {
  schedule: () => ({ schedule: measured('schedule') }),
  step: () => ({ step: backends.map(step) }),
  monitoring: () => measured('monitoring', backends[0], quick ? 5 : 40),
  activation: () => ({ activation: measured('activation', quick ? 1 : 5) }),
  sizes: () => ({ sizes: sizes() }),
  input: () => ({ input: input() }),
  multigrid: () => ({ multigrid: multigrid() }),
}
const result = { machine: machine(), measuredAt: new Date().toISOString() }
for (const part of chosen) {
  console.error(`— ${part}`)
  Object.assign(result, measures[part]())
}
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)

/** The bundles as users get them, and the benchmark's own beside them, where they find what the trainer finds. */
async function build() {
  console.error('— build')
  const { status } = spawnSync(process.execPath, ['scripts/build.mjs', '--production'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) process.exit(1)
  const { bundleTools } = await import('./bundleTools.mjs')
  const names = [
    'schedule',
    'step',
    'stockStep',
    'monitoring',
    'listener',
    'activation',
    'inHost',
    'multigrid',
    'input',
  ]
  await bundleTools(Object.fromEntries(names.map((name) => [`bench-${name}`, `scripts/bench/${name}.ts`])))
}

/** PyTorch is put beside the faster backend only. */
function step(backend) {
  const { stock, torch } = wanted
  return measured(
    'step',
    JSON.stringify({ backend, quick, stock, ...(backend === backends[0] && { torch }) }),
  )
}

/** What a program of the benchmark prints. */
function measured(name, ...args) {
  const { status, stdout } = spawnSync(
    process.execPath,
    [path.join(root, 'dist', `bench-${name}.js`), ...args.map(String)],
    { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`The benchmark "${name} ${args.join(' ')}" failed.`)
  return JSON.parse(stdout)
}

function machine() {
  const cpus = os.cpus()
  const gpu = spawnSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], { encoding: 'utf8' })
  return {
    cpu: cpus[0]?.model.trim(),
    cores: cpus.length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    gpu: gpu.status === 0 ? gpu.stdout.trim().split('\n') : [],
    platform: `${os.platform()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    backend: `${runtime.backend}: ${runtime.reason}`,
  }
}

/** Clips a second from recordings that are made for it, and what the motion data's training waits for clips. */
function input() {
  const { ffmpeg } = wanted
  makeMotion()
  return measured('input', JSON.stringify({ quick, ...(ffmpeg && { ffmpeg }) }))
}

/** Trains on the motion data, which is made where it is missing. */
function multigrid() {
  makeMotion()
  const { seeds, epochs, variants } = wanted
  return measured('multigrid', ...(quick ? [1, 12] : [seeds, epochs]), ...(variants ? [variants] : []))
}

function makeMotion() {
  const made = spawnSync(process.execPath, ['examples/motion/generate.mjs'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (made.status !== 0) throw new Error('The motion data set could not be made.')
}

/** KiB of what is shipped, as it is and compressed. */
function sizes() {
  const kib = (bytes) => Number((bytes / 1024).toFixed(1))
  const shipped = [
    'extension.js',
    'webview.js',
    'webview-style.css',
    'trainer.js',
    'decodeWorker.js',
    'cli.js',
  ]
  const bundle = (name) => {
    const bytes = readFileSync(path.join(root, 'dist', name))
    return [name, { kib: kib(bytes.length), gzipKib: kib(gzipSync(bytes, { level: 9 }).length) }]
  }
  const tfjs = readdirSync(path.join(root, 'dist/tfjs')).map(
    (name) => statSync(path.join(root, 'dist/tfjs', name)).size,
  )
  return {
    ...Object.fromEntries(shipped.map(bundle)),
    'tfjs/': { kib: kib(tfjs.reduce((sum, size) => sum + size, 0)) },
  }
}
