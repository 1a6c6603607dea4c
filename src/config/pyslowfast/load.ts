import path from 'node:path'
import { HumanError } from '../../HumanError'
import { problemLine, readScheduleFile } from '../load'
import type { Config } from '../schema'
import { importPySlowFast } from './read'
import { scheduleText } from './scheduleText'

export interface LoadedPySlowFast {
  /** Its paths are as in the YAML. */
  readonly config: Config
  /** The schedule file that says the same. */
  readonly text: string
  readonly ignored: readonly string[]
}

/** What a PySlowFast YAML comes to. A HumanError lists every error with its place. */
export function loadPySlowFast(file: string): LoadedPySlowFast {
  const name = path.basename(file).replace(/\.ya?ml$/i, '')
  const { config, schedule, ignored, problems } = importPySlowFast(readScheduleFile(file), { name })
  if (!config) throw new HumanError(problems.map((problem) => problemLine(file, problem)).join('\n'))
  return { config, text: scheduleText(schedule, path.basename(file)), ignored }
}
