import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { Workshop } from './attempt'

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
  { folder, env, run, log, signal }: Workshop,
  python: string,
  requirements: readonly string[],
): Promise<string | undefined> {
  if (requirements.length === 0) return 'this TensorFlow names no CUDA libraries'
  log(`Fetching NVIDIA's libraries, some gigabytes: ${requirements.join(', ')}`)
  const { failure, stderr } = await run({
    file: python,
    args: [
      ...['-m', 'pip', 'install', '--no-deps', '--only-binary=:all:', '--no-input', '--progress-bar', 'off'],
      ...['--retries', '1', '--target', cudaFolder(folder), ...requirements],
    ],
    env,
    timeoutMs: 60 * 60_000,
    signal,
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

function cudaFolder(folder: string): string {
  return path.join(folder, 'cuda')
}
