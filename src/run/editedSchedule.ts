import path from 'node:path'
import { differences } from '../config/differences'
import { loadConfig } from '../config/load'
import type { Config } from '../config/schema'
import { writeOwnFile } from '../protocol/ownFile'
import { runFiles } from '../protocol/runRecord'
import type { AttachedRun } from './AttachedRun'
import { ownConfig } from './ownConfig'
import { scheduleOf } from './runFolders'
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
export function editedSchedule(run: KnownRun): EditedSchedule | undefined {
  try {
    const own = ownConfig(run.folder)
    const { config } = loadConfig(scheduleOf(run))
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
  const config = { ...own, data: { ...own.data, ...taken } }
  writeOwnFile(path.join(folder, runFiles.config), `${JSON.stringify(config, null, 2)}\n`)
}

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
