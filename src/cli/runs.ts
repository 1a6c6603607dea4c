import path from 'node:path'
import { parseArgs } from 'node:util'
import { hasEnded, isLive } from '../run/launch'
import { listRuns } from '../run/runFolders'
import { accuracyWords } from '../run/words'

/** `multigrid runs [FOLDER] [--json]` */
export function listAllRuns(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { json: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const folder = path.resolve(positionals[0] ?? '.')
  const runs = listRuns(folder).map((run) => {
    const { id, state, reason, bestTop1, bestMap } = run.record
    const [live, ended] = [isLive(run), hasEnded(run)]
    return { id, folder: run.folder, state, reason, live, ended, bestTop1, bestMap }
  })
  if (values.json) {
    process.stdout.write(`${JSON.stringify(runs, null, 2)}\n`)
    return Promise.resolve(0)
  }
  if (runs.length === 0)
    process.stdout.write(`No runs in ${folder}: runs are in the folder of their schedule file.\n`)
  for (const { id, state, reason, live, ended, bestTop1, bestMap } of runs) {
    const best = bestTop1 === undefined ? '' : `  best ${accuracyWords({ top1: bestTop1, map: bestMap })}`
    const how = live || ended ? `${state}: ${reason}` : 'gone (resume it from its checkpoint)'
    process.stdout.write(`${id}  ${how}${best}\n`)
  }
  return Promise.resolve(0)
}
