import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { HumanError } from '../HumanError'
import { assemble } from './assemble'
import { manifestFile, readRuntime } from './folder'
import type { RuntimeManifest } from './folder'
import { takeInstallLock } from './installLock'
import { findNode } from './node'
import { reaches } from './reaches'
import { runProgram } from './runProgram'
import type { Workshop } from './attempt'

export const preferences = ['auto', 'tfjs-node-gpu', 'tfjs-node', 'wasm'] as const
export type Preference = (typeof preferences)[number]

export interface InstallOptions {
  readonly folder: string
  readonly prefer?: Preference
  /** Told in sentences what is being done. */
  readonly log: (line: string) => void
  readonly signal?: AbortSignal | undefined
  readonly env?: NodeJS.ProcessEnv
  readonly run?: Workshop['run']
  readonly reaches?: Workshop['reaches']
}

/** The runtime of `folder` when it will do, else a new one; `fresh` says which. */
export async function ensureRuntime(
  options: InstallOptions & { force: boolean },
): Promise<RuntimeManifest & { fresh: boolean }> {
  const { force, folder, prefer = 'auto' } = options
  const present = force ? undefined : readRuntime(folder)
  if (present && (prefer === 'auto' || present.backend === prefer)) return { ...present, fresh: false }
  return { ...(await installRuntime(options)), fresh: true }
}

/**
 * Installs TensorFlow and ffmpeg into `folder`, which changes only at the very end: a cancelled or failed install leaves it as it was.
 * Where no native TensorFlow can be had the manifest says wasm, and why. Throws HumanError on cancel and when another install is at work.
 */
export async function installRuntime(options: InstallOptions): Promise<RuntimeManifest> {
  const { folder, prefer = 'auto', log, signal, env = process.env } = options
  const release = takeInstallLock(folder)
  const temporary = `${folder}.installing`
  try {
    sweep(folder)
    const node = await findNode({
      setting: undefined,
      env,
      execPath: process.execPath,
      isElectron: 'electron' in process.versions,
    })
    mkdirSync(temporary)
    const tools = {
      folder: temporary,
      env,
      log,
      signal,
      run: options.run ?? runProgram,
      reaches: options.reaches ?? reaches,
    }
    const manifest = await assemble({ ...tools, node, prefer })
    if (signal?.aborted) throw new HumanError('The install was cancelled; nothing was changed.')
    const present = readRuntime(folder)
    if (prefer === 'auto' && manifest.backend === 'wasm' && present && present.backend !== 'wasm') {
      log(
        `Kept the runtime that was there (${present.backend}): a new one would be wasm, because ${manifest.reason}`,
      )
      return present
    }
    writeFileSync(manifestFile(temporary), `${JSON.stringify(manifest, null, 2)}\n`)
    replace(folder, temporary)
    return manifest
  } finally {
    sweep(folder)
    release()
  }
}

/** What an install that was killed left beside the folder. A replaced runtime that was not put back is put back. */
function sweep(folder: string): void {
  const old = `${folder}.old`
  if (existsSync(old) && !existsSync(folder)) renameSync(old, folder)
  for (const leftover of [old, `${folder}.installing`]) rmSync(leftover, { recursive: true, force: true })
}

function replace(folder: string, by: string): void {
  try {
    if (existsSync(folder)) renameSync(folder, `${folder}.old`)
    renameSync(by, folder)
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    throw new HumanError(
      `The new TensorFlow runtime could not be moved to ${path.resolve(folder)} (${code}): stop the trainings that use the old one, and install again.`,
    )
  }
}
