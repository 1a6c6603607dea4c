import { statSync } from 'node:fs'
import path from 'node:path'
import { runFiles } from '../protocol/runRecord'
import { scheduleOf } from './runFolders'
import type { KnownRun } from './runFolders'
import { runMeasures } from './runMeasures'
import type { RunMeasures } from './runMeasures'

/** Runs of the schedule, and of others, that are asked: one that never got as far as timing is passed over. */
const asked = 3

interface Kept {
  readonly bytes: number
  readonly measures: Promise<RunMeasures | undefined>
}

/** What earlier runs have measured; a run's record is read once, and again only where it has changed. */
export class MeasuredRuns {
  private readonly kept = new Map<string, Kept>()

  /** The newest runs of a schedule that have measured something, then those of others; `runs` are newest first. */
  async of(schedule: string, runs: readonly KnownRun[]): Promise<RunMeasures[]> {
    const own = runs.filter((run) => scheduleOf(run) === schedule).slice(0, asked)
    const others = runs.filter((run) => scheduleOf(run) !== schedule).slice(0, asked)
    const measures = await Promise.all([...own, ...others].map(({ folder }) => this.read(folder)))
    return measures.filter((one) => one !== undefined)
  }

  private read(folder: string): Promise<RunMeasures | undefined> {
    const bytes = statSync(path.join(folder, runFiles.events), { throwIfNoEntry: false })?.size ?? 0
    const known = this.kept.get(folder)
    if (known?.bytes === bytes) return known.measures
    const measures = runMeasures(folder)
    this.kept.set(folder, { bytes, measures })
    return measures
  }
}
