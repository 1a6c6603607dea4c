import { spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { HumanError } from '../HumanError'
import { endStates } from '../protocol/events'
import { appending } from '../protocol/ownFile'
import { runFiles } from '../protocol/runRecord'
import { isAlive } from '../runtime/isAlive'
import { explainExit, lastLogLines } from './explainExit'
import { readRun } from './runFolders'
import type { KnownRun } from './runFolders'

const readyTimeoutMs = 15_000
const pollMs = 50

/** How to start a trainer on this machine. */
export interface TrainerCommand {
  readonly node: string
  /** The bundled trainer, dist/trainer.js. */
  readonly script: string
  readonly env: NodeJS.ProcessEnv
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Launched {
  /** The run with the port and the token of its new trainer. */
  readonly run: KnownRun
  /** Resolves when the trainer ends, as long as this process lives; never rejects. */
  readonly exited: Promise<Exit>
}

/**
 * Starts the trainer of a run as a process of its own that outlives this one; its output goes to trainer.log.
 * Resolves when it listens. Throws HumanError with its last lines when it ends first, or says nothing for 15 s.
 */
export async function launch(run: KnownRun, command: TrainerCommand): Promise<Launched> {
  const logFile = path.join(run.folder, runFiles.log)
  const log = openSync(logFile, appending | constants.O_WRONLY, 0o600)
  const child = spawn(command.node, [command.script, run.folder], {
    cwd: run.folder,
    detached: true,
    env: command.env,
    shell: false,
    stdio: ['ignore', log, log],
    windowsHide: true,
  })
  closeSync(log)
  let exit: Exit | undefined
  let failure: Error | undefined
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal }
      resolve(exit)
    })
    child.once('error', (error) => {
      failure = error
      exit = { code: null, signal: null }
      resolve(exit)
    })
  })
  child.unref()
  const until = Date.now() + readyTimeoutMs
  while (Date.now() < until) {
    await delay(pollMs)
    if (failure)
      throw new HumanError(`The trainer could not be started with ${command.node}: ${failure.message}.`, {
        help: 'doctor',
      })
    const now = readRun(run.folder)
    if (now && now.record.pid === child.pid && now.record.port !== undefined) return { run: now, exited }
    if (exit) throw new HumanError(whyItDied(run.folder, child.pid, exit), { help: 'log' })
  }
  throw new HumanError(`The trainer has said nothing for ${readyTimeoutMs / 1000} s. Its log: ${logFile}`, {
    help: 'log',
  })
}

/** The last word of the trainer `pid`; where it ended without one: how, its last lines, what to do. */
export function whyItDied(folder: string, pid: number | undefined, exit: Exit | undefined): string {
  const record = readRun(folder)?.record
  // A word that another process left says nothing of this one.
  if (record?.state === 'failed' && record.pid === pid) return record.reason
  const how = exit
    ? explainExit(exit.code, exit.signal)
    : 'it is gone without a word (killed, or the machine went down)'
  const lines = lastLogLines(folder)
  const quoted = lines.length > 0 ? ` Its last lines: ${lines.map((line) => `"${line}"`).join(' ')}.` : ''
  return `The trainer ended: ${how}.${quoted} The run is intact up to its last checkpoint: resume it from there.`
}

export function hasEnded({ record }: KnownRun): boolean {
  return endStates.includes(record.state)
}

/** Whether a trainer seems to be at it: the record has no last word, and its process lives. */
export function isLive(run: KnownRun): boolean {
  return !hasEnded(run) && run.record.pid !== undefined && isAlive(run.record.pid)
}
