import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { Workshop } from './attempt'
import type { RuntimeManifest } from './folder'
import { runPip } from './pip'

/** The wheels that TensorFlow's own wheel names for NVIDIA GPUs, as pip takes them: `nvidia-cudnn-cu12<10.0,>=9.3`. */
export function cudaRequirements(metadata: string): string[] {
  return metadata.split(/\r?\n/).flatMap((line) => {
    const match = /^Requires-Dist: *(nvidia-[\w.-]+) *(\[[^\]]*\])? *\(?([^;)]*)\)? *; *(.+)$/.exec(line)
    if (!match || !/extra *== *["']and-cuda["']/.test(match[4]!)) return []
    return [`${match[1]!}${match[3]!.replaceAll(' ', '')}`]
  })
}

/** Puts NVIDIA's libraries into the runtime; a clause that says why not, where they cannot be had. */
export async function fetchCuda(
  shop: Workshop,
  python: string,
  requirements: readonly string[],
): Promise<string | undefined> {
  if (requirements.length === 0) return 'this TensorFlow names no CUDA libraries'
  shop.steps.at('cuda')
  shop.log(`Fetching NVIDIA's libraries, some gigabytes: ${requirements.join(', ')}`)
  const { failure, stderr } = await runPip(shop, {
    python,
    args: [
      ...['install', '--no-deps', '--only-binary=:all:'],
      ...['--target', cudaFolder(shop.folder), ...requirements],
    ],
    stage: 'cuda',
    files: requirements.length,
    timeoutMs: 60 * 60_000,
  })
  if (failure === undefined) return undefined
  return `pip could not fetch the CUDA libraries (${/^ERROR: (.+)$/m.exec(stderr)?.[1] ?? failure})`
}

/** Where NVIDIA's libraries lie in a runtime that has them; what the loader's path needs, absolute. */
export function cudaLibraryFolders(folder: string): string[] {
  const packages = path.join(cudaFolder(folder), 'nvidia')
  if (!existsSync(packages)) return []
  return readdirSync(packages)
    .sort()
    .map((name) => path.join(packages, name, 'lib'))
    .filter((lib) => existsSync(lib))
}

/** The major version of CUDA that a runtime's TensorFlow was built for; undefined where it uses none. */
export function cudaMajor(folder: string, { origin, tensorflow }: RuntimeManifest): number | undefined {
  const runtimes = cudaLibraryFolders(folder).flatMap((lib) => readdirSync(lib))
  const beside = runtimes.flatMap((name) => /^libcudart\.so\.(\d+)$/.exec(name)?.[1] ?? [])[0]
  if (beside !== undefined) return Number(beside)
  // The package's own TensorFlow, 2.9, is of CUDA 11; a wheel that brought no libraries looks for those of CUDA 12.
  if (origin === 'package') return 11
  return tensorflow === undefined ? undefined : 12
}

function cudaFolder(folder: string): string {
  return path.join(folder, 'cuda')
}
