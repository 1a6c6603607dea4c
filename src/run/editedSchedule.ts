import { readFileSync } from 'node:fs'
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
    const own = decodeConfig(JSON.parse(readFileSync(path.join(folder, runFiles.config), 'utf8')))
    const { config } = loadConfig(record.schedule)
    const changes = differences(own, config)
    return changes.length > 0 ? { config, changes } : undefined
  } catch {
    return undefined
  }
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
