import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { HumanError } from '../HumanError'
import type { Config } from '../config/schema'
import { runFiles, runRecord, runsFolder } from '../protocol/runRecord'
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
      mkdirSync(parent, { recursive: true })
      mkdirSync(folder)
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
      writeFileSync(path.join(folder, runFiles.config), `${JSON.stringify(config, null, 2)}\n`)
      writeFileSync(path.join(folder, runFiles.record), `${JSON.stringify(record, null, 2)}\n`, {
        mode: 0o600,
      })
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

/** Undefined when there is no readable record, or when the record's id is not the folder's name (a copy, a forgery). */
export function readRun(folder: string): KnownRun | undefined {
  try {
    const record = runRecord.parse(JSON.parse(readFileSync(path.join(folder, runFiles.record), 'utf8')))
    return record.id === path.basename(folder) ? { folder, record } : undefined
  } catch {
    return undefined
  }
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
