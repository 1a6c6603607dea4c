import { complaints } from '../unusable'
import type { DecoderInterrupted, FfmpegEnd } from '../ffmpeg'
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

/** What is found where something else has kept ffmpeg from its work, which says nothing of the file. */
export function interrupted({ reason }: DecoderInterrupted): Inspected {
  return { found: { at: 'unreadable', reason: `ffmpeg was ended from outside (${reason})` }, lasting: false }
}
