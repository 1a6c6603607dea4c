import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Attempt, Workshop } from './attempt'
import { cudaRequirements, fetchCuda } from './cuda'
import { findOnPath } from './findOnPath'
import { addonFile, packageFolder } from './folder'
import { runPip } from './pip'

const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']
const addonSources = ['tfjs_backend.cc', 'tfjs_binding.cc']

const unpack = `
import os, shutil, sys, zipfile
wheel, libs, headers = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith('tensorflow/include/'):
            archive.extract(name, headers)
        elif name.startswith('tensorflow/libtensorflow_') and name.count('/') == 1:
            with archive.open(name) as source, open(os.path.join(libs, os.path.basename(name)), 'wb') as target:
                shutil.copyfileobj(source, target, 1 << 20)
        elif name.endswith('.dist-info/METADATA'):
            sys.stdout.write(archive.read(name).decode('utf-8'))
`

/**
 * TensorFlow's libraries from its Python wheel, the package's addon compiled against them and, for a GPU, NVIDIA's
 * libraries beside them. Linux only.
 */
export const wheel: Attempt = {
  origin: 'wheel',
  async make(shop) {
    const { folder, env, run, log, steps, signal } = shop
    if (process.platform !== 'linux')
      return { failure: 'building the addon from the Python wheel is known to work on Linux only' }
    const python = findOnPath('python3', env)
    if (!python) return { failure: 'there is no python3 to fetch the TensorFlow wheel with' }
    const compiler = findOnPath('g++', env) ?? findOnPath('c++', env)
    if (!compiler) return { failure: 'there is no C++ compiler to build the addon with' }
    const scratch = path.join(folder, 'wheel')
    const libs = path.join(folder, 'lib')
    for (const each of [scratch, libs]) mkdirSync(each, { recursive: true })
    try {
      const fetched = await fetchWheel(shop, python, scratch)
      if ('failure' in fetched) return fetched
      steps.at('build')
      log('Unpacking the TensorFlow libraries')
      const unpacked = await run({
        file: python,
        args: ['-c', unpack, fetched.file, libs, scratch],
        env,
        timeoutMs: 5 * 60_000,
        signal,
      })
      if (unpacked.failure !== undefined)
        return { failure: `unpacking the TensorFlow wheel ${unpacked.failure}` }
      log('Compiling the addon')
      const compiled = await compile(shop, compiler, path.join(scratch, 'tensorflow', 'include'))
      if (!shop.gpu || 'failure' in compiled) return compiled
      // Without them it may still find those of the system, which the trial tells.
      const missing = await fetchCuda(shop, python, cudaRequirements(unpacked.stdout))
      if (missing !== undefined) log(`That does not work here: ${missing}`)
      return compiled
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}

async function fetchWheel(
  shop: Workshop,
  python: string,
  into: string,
): Promise<{ file: string } | { failure: string }> {
  let why = ''
  for (const name of shop.gpu ? ['tensorflow'] : ['tensorflow-cpu', 'tensorflow']) {
    shop.steps.at('download')
    shop.log(`Fetching the Python wheel of ${name}, a few hundred megabytes`)
    const { failure, stderr } = await runPip(shop, {
      python,
      args: ['download', '--no-deps', '--only-binary=:all:', '-d', into, name],
      stage: 'download',
      files: 1,
      timeoutMs: 20 * 60_000,
    })
    const file = readdirSync(into).find((entry) => entry.endsWith('.whl'))
    if (failure === undefined && file !== undefined) return { file: path.join(into, file) }
    why ||= /^ERROR: (.+)$/m.exec(stderr)?.[1] ?? failure ?? 'it left no wheel'
  }
  return { failure: `pip could not fetch TensorFlow (${why})` }
}

async function compile(
  { folder, gpu, env, run, signal }: Workshop,
  compiler: string,
  headers: string,
): Promise<{ made: 'tfjs-node-gpu' | 'tfjs-node' } | { failure: string }> {
  const made = gpu ? 'tfjs-node-gpu' : 'tfjs-node'
  const source = packageFolder(folder, `@tensorflow/${made}`)
  const addon = addonFile(folder, made)
  const libs = path.join(folder, 'lib')
  mkdirSync(path.dirname(addon), { recursive: true })
  const { failure, stderr } = await run({
    file: compiler,
    args: [
      ...['-O2', '-fPIC', '-shared', '-std=c++17', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION'],
      ...[path.join(packageFolder(folder, 'node-api-headers'), 'include'), source, headers].map(
        (each) => `-I${each}`,
      ),
      ...addonSources.map((each) => path.join(source, 'binding', each)),
      `-L${libs}`,
      ...libraries.map((each) => `-l:${each}`),
      // Relative to the addon, so that the whole runtime can be moved.
      `-Wl,-rpath,$ORIGIN/${path.relative(path.dirname(addon), libs)}`,
      ...['-o', addon],
    ],
    env,
    timeoutMs: 5 * 60_000,
    signal,
  })
  if (failure === undefined) return { made }
  const why = /error: (.+)$/m.exec(stderr)?.[1]
  return { failure: `compiling the addon ${failure}${why === undefined ? '' : ` (${why})`}` }
}
