import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { HumanError } from '../HumanError'
import { assemble } from './assemble'
import { withoutSecrets } from './doctorReport'
import { manifestFile, readRuntime } from './folder'
import type { RuntimeManifest } from './folder'
import { takeInstallLock } from './installLock'
import { InstallSteps } from './InstallSteps'
import type { InstallProgress } from './InstallSteps'
import { findNode } from './node'
import { reaches } from './reaches'
import { runProgram } from './runProgram'
import type { RunProgram } from './runProgram'
import type { Workshop } from './attempt'

export const preferences = ['auto', 'tfjs-node-gpu', 'tfjs-node', 'wasm'] as const
export type Preference = (typeof preferences)[number]

export interface InstallOptions {
  readonly folder: string
  readonly prefer?: Preference
  /** Told in sentences what is being done. */
  readonly log: (line: string) => void
  /** Told the last words of a program that failed, for whoever wants to know more. */
  readonly detail?: (text: string) => void
  readonly progress?: (progress: InstallProgress) => void
  /** The Node.js of the user's settings. */
  readonly nodeSetting?: string | undefined
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

/** What is in the folder now; `kept` says why a new runtime would not have been better, where the old one stayed. */
export type Installed = RuntimeManifest & { readonly kept?: string }

/**
 * Installs TensorFlow and ffmpeg into `folder`, which changes only at the very end: a cancelled or failed install leaves it as it was.
 * Where no native TensorFlow can be had the manifest says wasm, and why. Throws HumanError on cancel, when another install is
 * at work, and when the disk refuses.
 */
export async function installRuntime(options: InstallOptions): Promise<Installed> {
  const { folder } = options
  try {
    const release = takeInstallLock(folder)
    try {
      await sweep(folder)
      return await install(options, `${folder}.installing`)
    } finally {
      await sweep(folder)
      release()
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (error instanceof HumanError || code === undefined) throw error
    throw new HumanError(
      `The TensorFlow runtime could not be written to ${folder}: ${reasons[code] ?? message}. What was there is unchanged.`,
      { cause: error },
    )
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota of the disk is used up',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'it is read-only there',
}

async function install(options: InstallOptions, temporary: string): Promise<Installed> {
  const { folder, prefer = 'auto', log, detail, progress, signal, env = process.env } = options
  const node = await findNode({
    setting: options.nodeSetting,
    env,
    execPath: process.execPath,
    isElectron: 'electron' in process.versions,
  })
  mkdirSync(temporary)
  const manifest = await assemble({
    folder: temporary,
    env,
    log,
    steps: new InstallSteps((each) => progress?.(each)),
    signal,
    run: tellingFailures(options.run ?? runProgram, detail),
    reaches: options.reaches ?? reaches,
    node,
    prefer,
  })
  if (signal?.aborted) throw new HumanError('The install was cancelled; nothing was changed.')
  const present = readRuntime(folder)
  if (prefer === 'auto' && manifest.backend === 'wasm' && present && present.backend !== 'wasm') {
    log(
      `Kept the runtime that was there (${present.backend}): a new one would be wasm, because ${manifest.reason}`,
    )
    return { ...present, kept: manifest.reason }
  }
  writeFileSync(manifestFile(temporary), `${JSON.stringify(manifest, null, 2)}\n`)
  replace(folder, temporary)
  return manifest
}

const lastLines = 20

function tellingFailures(run: RunProgram, detail: InstallOptions['detail']): RunProgram {
  if (!detail) return run
  return async (program) => {
    const ended = await run(program)
    if (ended.failure !== undefined && !program.signal?.aborted) {
      const said = `${ended.stdout}\n${ended.stderr}`.split(/\r?\n/).filter((line) => line.trim() !== '')
      const head = `${program.file} ${ended.failure}`
      detail(withoutSecrets([head, ...said.slice(-lastLines)].join('\n  ')))
    }
    return ended
  }
}

/** What an install that was killed left beside the folder. A replaced runtime that was not put back is put back. */
async function sweep(folder: string): Promise<void> {
  const old = `${folder}.old`
  if (existsSync(old) && !existsSync(folder)) renameSync(old, folder)
  for (const leftover of [old, `${folder}.installing`])
    await rm(leftover, { recursive: true, force: true, maxRetries: 3 })
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
