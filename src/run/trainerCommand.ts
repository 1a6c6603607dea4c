import path from 'node:path'
import { withPathOutside } from '../runtime/findOnPath'
import { findNode } from '../runtime/node'
import { runtimeFolder } from '../runtime/folder'
import { trainerEnvironment } from '../runtime/spawnEnv'
import type { TrainerCommand } from './launch'

export interface TrainerSettings {
  /** Paths from the user's settings; empty or absent means "find it". */
  readonly node?: string | undefined
  readonly ffmpeg?: string | undefined
  /** Index or UUID of the GPU that the trainer may see; absent means the first. */
  readonly gpu?: string | undefined
  /** Folders whose programs are never used, whatever PATH says: those of the workspace. */
  readonly outside?: readonly string[]
}

/** How the trainer beside this bundle is started on this machine. Throws HumanError when there is no Node.js for it. */
export async function trainerCommand(settings: TrainerSettings): Promise<TrainerCommand> {
  const base = withPathOutside(process.env, settings.outside ?? [])
  const found = await findNode({
    setting: settings.node,
    env: base,
    execPath: process.execPath,
    isElectron: 'electron' in process.versions,
  })
  const env = trainerEnvironment(base, { runtime: runtimeFolder(), gpu: settings.gpu })
  return {
    node: found.path,
    script: path.join(__dirname, 'trainer.js'),
    env: { ...env, ...found.env, ...(settings.ffmpeg && { MULTIGRID_FFMPEG: settings.ffmpeg }) },
  }
}
