import { existsSync } from 'node:fs'
import path from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { HumanError } from '../../HumanError'
import { addonFile, nativePackages, readRuntime } from '../../runtime/folder'
import type { NativePackage, RuntimeManifest } from '../../runtime/folder'
import { probeOnce } from '../../runtime/probe'
import { runProgram } from '../../runtime/runProgram'
import { hasNvidiaGpu } from '../../runtime/gpu'
import { restoreUtilHelpers } from '../../runtime/nodeCompat'
import { provideKernels } from './Kernels'
import { nativeBackend } from './nativeBackend'
import { nativeKernels } from './nativeKernels'
import { requireTfjs, resolveTfjs, tfjsRuntime } from './resolve'
import { wasmKernels } from './wasmKernels'

export type BackendName = NativePackage | 'wasm'

export interface Backend {
  readonly name: BackendName
  readonly device: 'GPU' | 'CPU'
  /** By library: tfjs, and TensorFlow where it is native. */
  readonly versions: Readonly<Record<string, string>>
  /** One line: what was chosen, and why nothing better. */
  readonly reason: string
  /** What to tell a person where training will be slow. */
  readonly slow?: string
}

const slowOnWasm =
  'WebAssembly on one thread trains many times slower than native TensorFlow: good for small clips and networks. "Multigrid: Install TensorFlow Runtime", or "multigrid doctor --install", sets up the native one.'

/**
 * Makes the backend TensorFlow.js's current one; "auto" tries the fastest first. A process can load one native package.
 * Throws HumanError when a backend asked for by name cannot be had, or nothing can.
 */
export async function loadBackend(wanted: 'auto' | BackendName): Promise<Backend> {
  const refused: string[] = []
  for (const name of wanted === 'auto' ? inOrder() : [wanted]) {
    try {
      const backend = name === 'wasm' ? await loadWasm() : await loadNative(name)
      return { ...backend, reason: reasonLine(backend.reason, wanted, refused) }
    } catch (error) {
      refused.push(`${name} cannot be loaded: ${firstLine(error)}`)
    }
  }
  const asked =
    wanted === 'auto' ? 'No TensorFlow.js backend can be loaded' : `The backend "${wanted}" cannot be loaded`
  const advice =
    wanted === 'auto'
      ? 'Install the runtime with "multigrid doctor --install".'
      : 'Install the runtime with "multigrid doctor --install", or set engine.backend to "auto".'
  throw new HumanError(`${asked} (${refused.join('; ')}). ${advice}`, { help: 'doctor' })
}

/** What the installer found to work best comes first. */
function inOrder(): readonly BackendName[] {
  const installed = installedRuntime()
  const native = installed ? installed.packages : nativePackages
  const best = installed && installed.backend !== 'wasm' ? [installed.backend] : []
  return [...new Set<BackendName>([...best, ...native, 'wasm'])]
}

function installedRuntime(): RuntimeManifest | undefined {
  const runtime = tfjsRuntime()
  return runtime === undefined ? undefined : readRuntime(runtime)
}

async function loadNative(name: NativePackage): Promise<Backend> {
  const runtime = tfjsRuntime()
  if (runtime === undefined) throw new HumanError('no TensorFlow runtime is installed')
  // A package without its addon would register its kernels before it fails, in the way of the next one.
  if (!existsSync(addonFile(runtime, name))) throw new HumanError('it is not installed')
  const probed = await probeOnce({
    folder: runtime,
    name,
    node: process.execPath,
    env: process.env,
    run: runProgram,
  })
  if (!probed.works) throw new HumanError(probed.failure)
  restoreUtilHelpers()
  requireTfjs(`@tensorflow/${name}`)
  await tf.setBackend('tensorflow')
  const backend = nativeBackend()
  provideKernels('tensorflow', nativeKernels)
  const device = backend.isUsingGpuDevice ? 'GPU' : 'CPU'
  const tensorflow = backend.binding.TF_Version
  const why = device === 'GPU' ? '' : `: ${await whyNotGpu()}`
  return {
    name,
    device,
    versions: { tfjs: tf.version_core, tensorflow },
    reason: `TensorFlow ${tensorflow} on the ${device} (${name}${why})`,
  }
}

async function whyNotGpu(): Promise<string> {
  if (process.env['CUDA_VISIBLE_DEVICES'] === '-1') return 'CUDA_VISIBLE_DEVICES hides the GPUs'
  return (await hasNvidiaGpu(process.env, runProgram))
    ? 'it does not find the CUDA libraries that it needs for the NVIDIA GPU'
    : 'no NVIDIA GPU is seen'
}

async function loadWasm(): Promise<Backend> {
  const name = '@tensorflow/tfjs-backend-wasm'
  const { setWasmPaths } = requireTfjs(name) as { setWasmPaths: (prefix: string) => void }
  // The .wasm files lie beside the script, in the package as in the bundle.
  setWasmPaths(`${path.dirname(resolveTfjs(name))}${path.sep}`)
  if (!(await tf.setBackend('wasm'))) throw new HumanError('WebAssembly did not start')
  provideKernels('wasm', wasmKernels)
  return {
    name: 'wasm',
    device: 'CPU',
    versions: { tfjs: tf.version_core },
    reason: 'WebAssembly on the CPU, one thread',
    slow: slowOnWasm,
  }
}

function reasonLine(chosen: string, wanted: string, refused: readonly string[]): string {
  if (wanted !== 'auto') return `${chosen}, as engine.backend asks`
  const installed = installedRuntime()
  // Where the installer found nothing native, that is why nothing better was even tried.
  const why = installed?.backend === 'wasm' ? [...refused, installed.reason] : refused
  return why.length === 0 ? chosen : `${chosen}: ${why.join('; ')}`
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim()
}
