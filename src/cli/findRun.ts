import { existsSync } from 'node:fs'
import path from 'node:path'
import { HumanError } from '../HumanError'
import { listRuns, readRun } from '../run/runFolders'
import type { KnownRun } from '../run/runFolders'

/** The run that `name` means: a run folder, or the end of a run's id below the current folder. */
export function findRun(name: string | undefined): KnownRun {
  if (name === undefined) throw new HumanError('Which run? Name its folder; "multigrid runs" lists them.')
  if (existsSync(name)) {
    const run = readRun(path.resolve(name))
    if (run) return run
  }
  const matches = listRuns(process.cwd()).filter(({ record }) => record.id.endsWith(name))
  if (matches.length > 1) {
    throw new HumanError(
      `"${name}" may be any of ${matches.map(({ record }) => record.id).join(', ')}. Say more of it.`,
    )
  }
  const [run] = matches
  if (!run)
    throw new HumanError(
      `There is no run "${name}" here. "multigrid runs FOLDER" lists the runs of a folder.`,
    )
  return run
}
