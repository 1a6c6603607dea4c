import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { HumanError } from '../HumanError'
import { runFiles, runRecord } from '../protocol/runRecord'
import type { RunRecord } from '../protocol/runRecord'
import { writing } from './whyNotWritten'

/** The run folder as its trainer sees it: only the trainer writes there once it has started. */
export class RunFolder {
  private record: RunRecord

  /** Throws HumanError when the folder is not one of a run. */
  constructor(readonly folder: string) {
    const file = this.file('record')
    try {
      this.record = runRecord.parse(JSON.parse(readFileSync(file, 'utf8')))
    } catch {
      throw new HumanError(
        `${file} is not the record of a run. Start the run from its schedule file instead.`,
      )
    }
  }

  get id(): string {
    return this.record.id
  }

  get name(): string {
    return this.record.name
  }

  get bestTop1(): number | undefined {
    return this.record.bestTop1
  }

  file(which: keyof typeof runFiles): string {
    return path.join(this.folder, runFiles[which])
  }

  readConfig(): unknown {
    return JSON.parse(readFileSync(this.file('config'), 'utf8'))
  }

  /** Throws HumanError where the disk does not take it. */
  writeConfig(config: unknown): void {
    writing('The edited schedule is not taken', this.folder, () =>
      writeAtomically(this.file('config'), `${JSON.stringify(config, null, 2)}\n`, 0o644),
    )
  }

  /** plan.json is for other programs; a run goes on without it. */
  notePlan(plan: unknown): void {
    this.attempt('plan', () => writeAtomically(this.file('plan'), `${JSON.stringify(plan)}\n`, 0o644))
  }

  /** Merges `change` into run.json; readers see the old record or the new one. Throws HumanError where the disk does not take it. */
  update(change: Partial<RunRecord>): void {
    this.record = { ...this.record, ...change }
    writing('The run cannot be recorded', this.folder, () =>
      writeAtomically(this.file('record'), `${JSON.stringify(this.record, null, 2)}\n`, 0o600),
    )
  }

  /** As `update`, for what a run can go on without: where the disk takes nothing, the next change writes it too. */
  note(change: Partial<RunRecord>): void {
    this.attempt('record', () => this.update(change))
  }

  private attempt(which: keyof typeof runFiles, write: () => void): void {
    try {
      write()
    } catch (error) {
      console.error(`${runFiles[which]}: ${(error as Error).message}`)
    }
  }
}

function writeAtomically(file: string, text: string, mode: number): void {
  const aside = `${file}.${process.pid}.partial`
  const descriptor = openSync(aside, 'w', mode)
  try {
    writeFileSync(descriptor, text) // writes all of it, or throws
    fsyncSync(descriptor)
    renameSync(aside, file)
  } catch (error) {
    rmSync(aside, { force: true })
    throw error
  } finally {
    closeSync(descriptor)
  }
}
