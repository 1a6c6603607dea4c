import { existsSync } from 'node:fs'
import path from 'node:path'
import { HumanError } from '../HumanError'
import { isLive } from '../run/launch'
import { listRuns, readRun } from '../run/runFolders'
import type { KnownRun } from '../run/runFolders'

/**
 * The run that `name` means: a run folder, or the end of a run's id in the current folder; without a name, the only
 * run there that trains.
 */
export function findRun(name: string | undefined): KnownRun {
  if (name === undefined) return onlyLiveRun()
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

function onlyLiveRun(): KnownRun {
  const [run, ...others] = listRuns(process.cwd()).filter(isLive)
  if (run && others.length === 0) return run
  throw new HumanError(
    run
      ? `Which run? ${others.length + 1} train in this folder; "multigrid runs" lists them.`
      : 'Which run? None trains in this folder; "multigrid runs FOLDER" lists those of another.',
  )
}
