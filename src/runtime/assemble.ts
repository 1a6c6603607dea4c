import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Attempt, Workshop } from './attempt'
import { ffmpegVersion } from './ffmpeg'
import { nativePackages, packageFolder } from './folder'
import type { NativePackage, RuntimeManifest } from './folder'
import { hasNvidiaGpu } from './gpu'
import { probe } from './probe'
import { npmScript } from './npm'
import { packageDownload } from './packageDownload'
import type { FoundNode } from './node'
import { wheel } from './wheel'

const dependencies = {
  '@tensorflow/tfjs-node-gpu': '4.22.0',
  '@tensorflow/tfjs-node': '4.22.0',
  '@tensorflow/tfjs-backend-wasm': '4.22.0',
  '@ffmpeg-installer/ffmpeg': '1.1.0',
  'node-api-headers': '1.9.0',
}

type Request = Omit<Workshop, 'node' | 'gpu'> & { node: FoundNode; prefer: 'auto' | 'wasm' | NativePackage }
type Native = Pick<RuntimeManifest, 'backend' | 'packages' | 'origin' | 'tensorflow' | 'reason'>

/** Fills an empty folder with packages, TensorFlow and ffmpeg; the answer is its manifest, not yet written. Stops early on abort. */
export async function assemble(request: Request): Promise<RuntimeManifest> {
  const { folder, node, prefer, run, env } = request
  const seesGpu = prefer === 'wasm' ? false : await hasNvidiaGpu(env, run, request.signal)
  const shop: Workshop = {
    ...request,
    node: node.path,
    gpu: prefer === 'tfjs-node-gpu' || (prefer === 'auto' && seesGpu),
  }
  shop.steps.plan(
    prefer === 'wasm'
      ? ['packages']
      : ['packages', 'download', 'build', ...(shop.gpu ? (['cuda'] as const) : []), 'try'],
  )
  const missing = await installPackages(shop)
  const native =
    missing === undefined
      ? await nativeRuntime(shop, { prefer, seesGpu, nativeCapable: node.nativeCapable })
      : wasm(missing)
  const ffmpeg = await packagedFfmpeg(folder, env, request.signal)
  return {
    version: 1,
    ...native,
    ...(ffmpeg !== undefined && { ffmpeg }),
    node: node.version,
    installedAt: new Date().toISOString(),
  }
}

/** Undefined when the packages are in, else a clause that says why not. */
async function installPackages({
  folder,
  node,
  env,
  run,
  log,
  steps,
  signal,
}: Workshop): Promise<string | undefined> {
  const npm = npmScript(node, env)
  if (npm === undefined) return 'npm was not found, so TensorFlow.js could not be installed'
  steps.at('packages')
  log('Installing TensorFlow.js and ffmpeg from npm')
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'multigrid-runtime', private: true, dependencies }, null, 2),
  )
  const { failure, stderr } = await run({
    file: node,
    // Install scripts are run one by one afterwards, where a failure can be told and another way taken.
    args: [
      npm,
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--no-progress',
      '--loglevel=error',
    ],
    cwd: folder,
    env,
    timeoutMs: 10 * 60_000,
    signal,
  })
  if (failure === undefined) return undefined
  const why = /^npm (?:error|ERR!) (?!code)(.+)$/m.exec(stderr)?.[1]
  await rm(path.join(folder, 'node_modules'), { recursive: true, force: true })
  return `npm could not install TensorFlow.js (${why ?? `it ${failure}`})`
}

async function nativeRuntime(
  shop: Workshop,
  { prefer, seesGpu, nativeCapable }: { prefer: Request['prefer']; seesGpu: boolean; nativeCapable: boolean },
): Promise<Native> {
  if (prefer === 'wasm') return wasm('that was asked for')
  if (!nativeCapable)
    return wasm("there is no Node.js on PATH, and TensorFlow's addon does not load in the editor's own")
  // Of today's GPUs the wheel's TensorFlow knows more than the package's, which is years older.
  const attempts: readonly Attempt[] = shop.gpu ? [wheel, packageDownload] : [packageDownload, wheel]
  const failures: string[] = []
  for (const attempt of attempts) {
    const outcome = await attempt.make(shop)
    if (shop.signal?.aborted) return wasm('the install was cancelled')
    if ('failure' in outcome) {
      failures.push(outcome.failure)
      shop.log(`That does not work here: ${outcome.failure}`)
      continue
    }
    const tested = await testBoth(shop, outcome.made)
    const backend = tested.packages.includes(outcome.made) ? outcome.made : tested.packages[0]
    if (backend !== undefined) {
      const { packages, tensorflow, gpu } = tested
      return {
        backend,
        packages,
        origin: attempt.origin,
        tensorflow,
        reason: nativeReason({ tensorflow, gpu, seesGpu, backend }),
      }
    }
    failures.push(...tested.failures)
    await clear(shop)
  }
  return wasm(failures.join('; '))
}

/** Both packages are one source: an addon made for one serves the other too. Those that compute correctly are `packages`. */
async function testBoth(
  shop: Workshop,
  made: NativePackage,
): Promise<{ packages: NativePackage[]; tensorflow: string; gpu: boolean; failures: string[] }> {
  const { folder, log, steps } = shop
  const result = { packages: [] as NativePackage[], tensorflow: '', gpu: false, failures: [] as string[] }
  steps.at('try')
  log('Trying TensorFlow out')
  for (const name of nativePackages) {
    if (name !== made) await copyAddon(folder, made, name)
    const test = await probe({ ...shop, name })
    if (test.works) {
      result.packages.push(name)
      result.tensorflow = test.tensorflow
      if (name === made) result.gpu = test.gpu
    } else {
      result.failures.push(`${name} does not work: ${test.failure}`)
      log(`${name} does not work: ${test.failure}`)
    }
  }
  return result
}

const addonParts = ['lib', 'deps']

async function copyAddon(folder: string, from: NativePackage, to: NativePackage): Promise<void> {
  for (const part of addonParts) {
    const source = path.join(packageFolder(folder, `@tensorflow/${from}`), part)
    const target = path.join(packageFolder(folder, `@tensorflow/${to}`), part)
    if (existsSync(source)) await cp(source, target, { recursive: true, verbatimSymlinks: true })
  }
}

async function clear({ folder }: Workshop): Promise<void> {
  const made = nativePackages.flatMap((name) =>
    addonParts.map((part) => path.join(packageFolder(folder, `@tensorflow/${name}`), part)),
  )
  for (const each of [...made, path.join(folder, 'lib'), path.join(folder, 'cuda')])
    await rm(each, { recursive: true, force: true })
}

function nativeReason(what: {
  tensorflow: string
  gpu: boolean
  seesGpu: boolean
  backend: NativePackage
}): string {
  const { tensorflow, gpu, seesGpu, backend } = what
  if (gpu) return `TensorFlow ${tensorflow} uses the NVIDIA GPU`
  if (!seesGpu) return `no NVIDIA GPU was found, so TensorFlow ${tensorflow} runs on the CPU`
  return backend === 'tfjs-node-gpu'
    ? `TensorFlow ${tensorflow} does not find the CUDA libraries it needs for the NVIDIA GPU, so it runs on the CPU`
    : `TensorFlow ${tensorflow} runs on the CPU, as was asked for`
}

const wasm = (reason: string): Native => ({
  backend: 'wasm',
  packages: [],
  origin: 'none',
  reason: reason.replaceAll(/\s+/g, ' '),
})

/** The npm ffmpeg's path relative to the folder, when it runs on this machine. */
async function packagedFfmpeg(
  folder: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg'
  const file = path.join(packageFolder(folder, `@ffmpeg-installer/${process.platform}-${process.arch}`), name)
  if (!existsSync(file)) return undefined
  chmodSync(file, 0o755)
  const probe = await ffmpegVersion(file, env, signal)
  return 'version' in probe ? path.relative(folder, file) : undefined
}
