import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { HumanError } from '../HumanError'
import type { Config } from '../config/schema'
import { readOwnFile, writeOwnFile } from '../protocol/ownFile'
import { runFolderFault } from '../protocol/runFolderFault'
import { mostRecordBytes, runFiles, runRecord, runsFolder } from '../protocol/runRecord'
import type { RunRecord } from '../protocol/runRecord'

export interface KnownRun {
  readonly folder: string
  readonly record: RunRecord
}

/** A new run folder beside the schedule file, with the config (absolute paths) and a record in state `starting`. */
export function createRun(options: { schedule: string; config: Config; now?: Date }): KnownRun {
  const { schedule, config, now = new Date() } = options
  const parent = path.join(path.dirname(schedule), runsFolder)
  const base = `${stamp(now)}-${slug(config.name)}`
  for (let attempt = 0; ; attempt++) {
    const id = attempt === 0 ? base : `${base}-${attempt + 1}`
    const folder = path.join(parent, id)
    try {
      mkdirSync(parent, { recursive: true, mode: 0o700 })
      mkdirSync(folder, { mode: 0o700 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue
      throw new HumanError(`The run folder ${folder} cannot be made: ${(error as Error).message}.`)
    }
    const record: RunRecord = {
      id,
      name: config.name,
      created: now.toISOString(),
      schedule,
      state: 'starting',
      reason: 'created',
    }
    try {
      writeOwnFile(path.join(folder, runFiles.config), `${JSON.stringify(config, null, 2)}\n`)
      writeOwnFile(path.join(folder, runFiles.record), `${JSON.stringify(record, null, 2)}\n`)
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw new HumanError(`The run folder ${folder} cannot be written: ${(error as Error).message}.`)
    }
    return { folder, record }
  }
}

/** Runs beside schedule files in `workspace`, newest first; a folder whose record cannot be read is not one. */
export function listRuns(workspace: string): KnownRun[] {
  const parent = path.join(workspace, runsFolder)
  let names: string[]
  try {
    names = readdirSync(parent)
  } catch {
    return []
  }
  return names
    .sort()
    .reverse()
    .flatMap((name) => readRun(path.join(parent, name)) ?? [])
}

/**
 * Undefined when there is no readable record, when the record's id is not the folder's name (a copy, a forgery), and
 * when the folder has links in it.
 */
export function readRun(folder: string): KnownRun | undefined {
  try {
    if (runFolderFault(folder) !== undefined) return undefined
    const text = readOwnFile(path.join(folder, runFiles.record), mostRecordBytes)
    const record = runRecord.parse(JSON.parse(text))
    return record.id === path.basename(folder) ? { folder, record } : undefined
  } catch {
    return undefined
  }
}

/** The schedule file of a run: beside its `.multigrid`, wherever that is by now; its record says no more than the name. */
export function scheduleOf({ folder, record }: KnownRun): string {
  return path.join(path.resolve(folder), '..', '..', '..', path.basename(record.schedule))
}

/** yyyymmdd-hhmmss, local time. */
function stamp(now: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
}

function slug(name: string): string {
  return (
    name
      .replace(/[^A-Za-z0-9_.-]+/g, '-')
      .replace(/^[-.]+|[-.]+$/g, '')
      .slice(0, 40) || 'run'
  )
}
