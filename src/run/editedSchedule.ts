import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { differences } from '../config/differences'
import { loadConfig } from '../config/load'
import { decodeConfig } from '../config/parse'
import type { Config } from '../config/schema'
import { runFiles } from '../protocol/runRecord'
import type { AttachedRun } from './AttachedRun'
import type { KnownRun } from './runFolders'

export interface EditedSchedule {
  readonly config: Config
  /** `train.learningRate: 0.1 → 0.05`, one for each key. */
  readonly changes: readonly string[]
}

/**
 * What has changed in the schedule file of a run since it was started or last edited. Undefined where nothing has, and
 * where the file is gone or faulty: the run keeps its own copy, and goes on by that.
 */
export function editedSchedule({ folder, record }: KnownRun): EditedSchedule | undefined {
  try {
    const own = ownConfig(folder)
    const { config } = loadConfig(record.schedule)
    const changes = differences(own, config)
    return changes.length > 0 ? { config, changes } : undefined
  } catch {
    return undefined
  }
}

/** What says how clips are read; it changes nothing in what is trained. */
const reading = ['workers', 'cacheMiB', 'diskCacheMiB'] as const satisfies readonly (keyof Config['data'])[]

/** Before a trainer starts: it makes its reader then, so that an edit of how clips are read would come too late later on. */
export function takeReading(folder: string, { data }: Config): void {
  const own = ownConfig(folder)
  const taken = Object.fromEntries(reading.map((key) => [key, data[key]]))
  const file = path.join(folder, runFiles.config)
  writeFileSync(`${file}.new`, `${JSON.stringify({ ...own, data: { ...own.data, ...taken } }, null, 2)}\n`)
  renameSync(`${file}.new`, file)
}

const ownConfig = (folder: string): Config =>
  decodeConfig(JSON.parse(readFileSync(path.join(folder, runFiles.config), 'utf8')))

/** Applies an edited schedule as soon as the run trains; resolves with the epoch it is taken at. Rejects as `applyConfig` does. */
export async function applyWhenTraining(run: AttachedRun, config: Config): Promise<number> {
  const trains = (): boolean => run.isLive && run.history.current.state === 'running'
  let look = (): void => undefined
  const training = new Promise<void>((resolve) => {
    look = () => {
      if (trains()) resolve()
    }
    run.on('change', look)
    look()
  })
  await Promise.race([training, run.ended()])
  run.off('change', look)
  const { fromEpoch } = await run.api.applyConfig({ config })
  return fromEpoch
}
