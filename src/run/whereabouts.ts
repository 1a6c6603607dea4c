import { hostname } from 'node:os'
import path from 'node:path'
import { runFiles, runsFolder } from '../protocol/runRecord'
import { isAlive } from '../runtime/isAlive'
import { isProcessOf } from '../runtime/isProcessOf'
import { pulses } from '../runtime/pulse'
import type { KnownRun } from './runFolders'

/** Where the trainer of a run lives: on this machine, on one that shares its disk, or not at all. */
export type Whereabouts = 'here' | 'elsewhere' | 'nowhere'

/** A number on record proves nothing: the process may be another program by now, or another machine's. */
export async function whereabouts({ folder, record: { id, pid, host } }: KnownRun): Promise<Whereabouts> {
  if (pid === undefined) return 'nowhere'
  if (host !== undefined && host !== hostname())
    return (await pulses(path.join(folder, runFiles.lock))) ? 'elsewhere' : 'nowhere'
  return isAlive(pid) && (await isProcessOf(pid, `${runsFolder}/${id}`)) !== false ? 'here' : 'nowhere'
}
