import path from 'node:path'
import { HumanError } from '../HumanError'
import { readOwnFile, writeOwnFile } from '../protocol/ownFile'
import { runFolderFault } from '../protocol/runFolderFault'
import { mostConfigBytes, mostRecordBytes, runFiles, runRecord } from '../protocol/runRecord'
import type { RunProgress, RunRecord } from '../protocol/runRecord'
import { writing } from './whyNotWritten'

/** The run folder as its trainer sees it: only the trainer writes there once it has started. */
export class RunFolder {
  private record: RunRecord

  /** Throws HumanError when the folder is not one of a run. */
  constructor(readonly folder: string) {
    const file = this.file('record')
    let fault: string | undefined
    try {
      fault = runFolderFault(folder, { deep: true })
      this.record = runRecord.parse(JSON.parse(readOwnFile(file, mostRecordBytes)))
    } catch {
      throw new HumanError(
        `${file} is not the record of a run. Start the run from its schedule file instead.`,
      )
    }
    if (fault !== undefined) {
      throw new HumanError(
        `${folder} is not taken for a run: ${fault}. Start the run from its schedule file instead.`,
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

  get progress(): RunProgress | undefined {
    return this.record.progress
  }

  file(which: keyof typeof runFiles): string {
    return path.join(this.folder, runFiles[which])
  }

  readConfig(): unknown {
    return JSON.parse(readOwnFile(this.file('config'), mostConfigBytes))
  }

  /** Throws HumanError where the disk does not take it. */
  writeConfig(config: unknown): void {
    writing('The edited schedule is not taken', this.folder, () =>
      writeOwnFile(this.file('config'), `${JSON.stringify(config, null, 2)}\n`),
    )
  }

  /** plan.json is for other programs; a run goes on without it. */
  notePlan(plan: unknown): void {
    this.attempt('plan', () => writeOwnFile(this.file('plan'), `${JSON.stringify(plan)}\n`))
  }

  /** Merges `change` into run.json; readers see the old record or the new one. Throws HumanError where the disk does not take it. */
  update(change: Partial<RunRecord>): void {
    this.record = { ...this.record, ...change }
    writing('The run cannot be recorded', this.folder, () =>
      writeOwnFile(this.file('record'), `${JSON.stringify(this.record, null, 2)}\n`),
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
