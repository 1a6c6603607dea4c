import * as vscode from 'vscode'
import { registerCommands } from '../registerCommands'
import type { Runs } from '../Runs'
import { schedulePattern } from '../schedules'
import type { TextPages } from '../TextPages'
import { registerScheduleText } from './registerScheduleText'
import { scheduleLenses } from './scheduleLenses'
import { whatIf } from './whatIf'

/** Everything that the text editor knows of schedule files beyond their JSON Schema. */
export function registerScheduleLanguage(parts: {
  readonly runs: Runs
  readonly pages: TextPages
  readonly log: vscode.LogOutputChannel
}): { dispose(): unknown }[] {
  const trained: vscode.DocumentSelector = { scheme: 'file', pattern: schedulePattern }
  return [
    ...registerScheduleText(),
    vscode.languages.registerCodeLensProvider(trained, scheduleLenses),
    ...registerCommands({ whatIf: (argument) => whatIf(parts, argument) }, parts.log),
  ]
}
