import { closeSync, linkSync, openSync, renameSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { HumanError } from '../HumanError'
import { readOwnFile } from '../protocol/ownFile'
import { runsFolder } from '../protocol/runRecord'
import { lockHolder } from '../protocol/trainerLock'
import type { LockHolder } from '../protocol/trainerLock'
import { pulseMs, pulses } from '../runtime/pulse'
import { isAlive } from '../runtime/isAlive'
import { isProcessOf } from '../runtime/isProcessOf'

const attempts = 5
const mostBytes = 4096

/** One writer per run: a file that the trainer holds, and touches every few seconds while it lives. */
export class TrainerLock {
  private readonly beat: NodeJS.Timeout

  private constructor(
    private readonly file: string,
    private readonly text: string,
  ) {
    this.beat = setInterval(() => this.touch(), pulseMs)
    this.beat.unref()
  }

  /**
   * Takes the lock of the run `id`, over from a trainer that has died too. Throws HumanError while another trainer lives,
   * on this machine or on one that shares its disk.
   */
  static async take(file: string, id: string): Promise<TrainerLock> {
    const text = JSON.stringify({ pid: process.pid, host: hostname() } satisfies LockHolder)
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (create(file, text)) return new TrainerLock(file, text)
      const found = read(file)
      if (found === undefined) continue
      const holder = parse(found)
      if (await isHeld(file, id, holder)) {
        throw new HumanError(
          `This run is trained already, by process ${holder?.pid ?? 'unknown'} on ${holder?.host ?? 'another machine'}. One run has one trainer.`,
        )
      }
      remove(file, found)
    }
    throw new HumanError('Several trainers begin this run at once. Try again.')
  }

  release(): void {
    clearInterval(this.beat)
    remove(this.file, this.text)
  }

  private touch(): void {
    const now = new Date()
    try {
      utimesSync(this.file, now, now)
    } catch {
      // The run folder is gone, or its disk: the run says so where it writes.
    }
  }
}

async function isHeld(file: string, id: string, holder: LockHolder | undefined): Promise<boolean> {
  if (holder?.host !== hostname()) return pulses(file)
  const { pid } = holder
  return pid !== process.pid && isAlive(pid) && (await isProcessOf(pid, `${runsFolder}/${id}`)) !== false
}

function create(file: string, text: string): boolean {
  let descriptor: number
  try {
    descriptor = openSync(file, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw new HumanError(`The run folder cannot be written: ${(error as Error).message}.`)
  }
  writeFileSync(descriptor, text)
  closeSync(descriptor)
  return true
}

/** Removes the lock if it is the one of this text: another one that came meanwhile is put back. */
function remove(file: string, text: string): void {
  const aside = `${file}.${process.pid}.old`
  try {
    renameSync(file, aside)
    if (read(aside) !== text) linkSync(aside, file)
    unlinkSync(aside)
  } catch {
    // Somebody else was faster.
  }
}

function read(file: string): string | undefined {
  try {
    return readOwnFile(file, mostBytes)
  } catch {
    return undefined
  }
}

function parse(text: string): LockHolder | undefined {
  try {
    return lockHolder.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
