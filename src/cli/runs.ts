import path from 'node:path'
import { hasEnded, isAlive } from '../run/launch'
import { listRuns } from '../run/runFolders'

/** `multigrid runs [FOLDER]` */
export function listAllRuns([folder = '.']: string[]): Promise<number> {
  const runs = listRuns(path.resolve(folder))
  if (runs.length === 0) process.stdout.write(`No runs below ${path.resolve(folder)}.\n`)
  for (const run of runs) {
    const { id, state, pid, bestTop1, reason } = run.record
    const gone = !hasEnded(run) && (pid === undefined || !isAlive(pid))
    const best = bestTop1 === undefined ? '' : `  best top-1 ${(100 * bestTop1).toFixed(1)} %`
    process.stdout.write(
      `${id}  ${gone ? 'gone (resume it from its checkpoint)' : `${state}: ${reason}`}${best}\n`,
    )
  }
  return Promise.resolve(0)
}
