import path from 'node:path'
import { HumanError } from '../../HumanError'
import { problemLine, readScheduleFile } from '../load'
import { importPySlowFast } from './read'
import { scheduleText } from './scheduleText'

/** The text of the schedule file that a PySlowFast YAML comes to. A HumanError lists every error with its place. */
export function loadPySlowFast(file: string): { text: string; ignored: readonly string[] } {
  const name = path.basename(file).replace(/\.ya?ml$/i, '')
  const { config, schedule, ignored, problems } = importPySlowFast(readScheduleFile(file), { name })
  if (!config) throw new HumanError(problems.map((problem) => problemLine(file, problem)).join('\n'))
  return { text: scheduleText(schedule, path.basename(file)), ignored }
}
