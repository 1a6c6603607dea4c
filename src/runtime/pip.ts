import { mkdirSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Workshop } from './attempt'
import type { Fetched, InstallStage } from './InstallSteps'
import type { Ended } from './runProgram'

const lookEveryMs = 500

/**
 * Runs pip, telling how much of the file that it fetches has come. Its temporary files lie in the runtime that is made, so
 * that none stay behind when it is ended.
 */
export async function runPip(
  { folder, env, run, steps, signal }: Workshop,
  how: { python: string; args: readonly string[]; stage: InstallStage; files: number; timeoutMs: number },
): Promise<Ended> {
  const { python, args, stage, files, timeoutMs } = how
  const scratch = path.join(folder, 'pip')
  mkdirSync(scratch, { recursive: true })
  let now: Download | undefined
  let begun = 0
  const look = async (): Promise<void> => {
    const download = now
    if (!download) return
    const done = await sizeBelow(scratch, download.name)
    // The next one may have begun meanwhile.
    if (download === now && done !== undefined) steps.at(stage, fetched(done))
  }
  const fetched = (done: number): Fetched => ({ file: begun, files, done, total: now!.total })
  const timer = setInterval(() => void look(), lookEveryMs)
  let rest = ''
  try {
    return await run({
      file: python,
      args: ['-m', 'pip', ...args, '--no-input', '--progress-bar', 'off', '--retries', '1'],
      env: { ...env, TMPDIR: scratch, TEMP: scratch, TMP: scratch, PYTHONUNBUFFERED: '1' },
      timeoutMs,
      signal,
      onOutput(text) {
        const lines = `${rest}${text}`.split('\n')
        rest = lines.pop()!
        for (const line of lines) {
          const download = readDownload(line)
          if (!download) continue
          now = download
          begun++
          steps.at(stage, fetched(download.cached ? download.total : 0))
        }
      },
    })
  } finally {
    clearInterval(timer)
    now = undefined
    await rm(scratch, { recursive: true, force: true })
  }
}

interface Download {
  readonly name: string
  /** Bytes, as precisely as pip says them. */
  readonly total: number
  readonly cached: boolean
}

const units: Readonly<Record<string, number>> = { bytes: 1, kB: 1e3, MB: 1e6, GB: 1e9 }

/** Of pip's line "  Downloading NAME.whl (270.4 MB)", and the like of one that it has. */
export function readDownload(line: string): Download | undefined {
  const match = /^\s*(Downloading|Using cached) (\S+\.whl) \(([\d.]+) (bytes|kB|MB|GB)\)/.exec(line)
  if (!match) return undefined
  const [, verb, name, size, unit] = match
  return {
    name: path.posix.basename(name!),
    total: Math.round(Number(size) * units[unit!]!),
    cached: verb === 'Using cached',
  }
}

/** The size of the file of this name in a folder of `folder`, as far as it has come. */
async function sizeBelow(folder: string, name: string): Promise<number | undefined> {
  try {
    for (const each of await readdir(folder)) {
      const found = await stat(path.join(folder, each, name)).catch(() => undefined)
      if (found) return found.size
    }
  } catch {
    // It has ended, and the folder is gone.
  }
  return undefined
}
