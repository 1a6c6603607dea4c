import { complaints } from '../decode'
import type { FfmpegEnd } from '../ffmpeg'
import type { Found } from './found'

export interface Inspected {
  readonly found: Found
  /** Whether the same would be found in the same file tomorrow. */
  readonly lasting: boolean
}

/** Words of the machine, not of the file: permissions change without the file's time, and disks come back. */
const passing =
  /^(?:Permission denied|Input\/output error|Cannot allocate memory|Too many open files|[Dd]ecoder .*not found)/

export function isLasting(file: string, { log }: FfmpegEnd): boolean {
  return !complaints(file, log).some((line) => passing.test(line))
}

/** What is found where something else has ended ffmpeg, which says nothing of the file. */
export function interruption({ end, log }: FfmpegEnd): Inspected | undefined {
  const signal = /^\[info\] Exiting normally, received signal (\d+)/m.exec(log)?.[1]
  if (end !== 'SIGKILL' && end !== 'SIGTERM' && signal === undefined) return undefined
  const reason = `ffmpeg was ended from outside (${signal === undefined ? end : `signal ${signal}`})`
  return { found: { at: 'unreadable', reason }, lasting: false }
}
