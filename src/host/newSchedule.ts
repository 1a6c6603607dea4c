import * as vscode from 'vscode'
import { HumanError } from '../HumanError'
import { newScheduleText } from '../config/newScheduleText'
import { askForSchedule } from './askForSchedule'

/** Asks four questions and for a name, and writes a commented schedule file into the workspace; nothing where one is left unanswered. */
export async function newSchedule(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]
  if (!folder)
    throw new HumanError(
      vscode.l10n.t('Open a folder first: the schedule file lives beside the data it trains on.'),
    )
  const answers = await askForSchedule(folder.uri, faultOfName)
  if (!answers) return
  const { name, ...schedule } = answers
  await writeNewSchedule(vscode.Uri.joinPath(folder.uri, `${name}.multigrid.json`), newScheduleText(schedule))
}

/** Why a schedule cannot be named so. */
export function faultOfName(name: string): string | undefined {
  return /^[\w.-]+$/.test(name) ? undefined : vscode.l10n.t('Letters, digits, dot, dash and underscore only.')
}

/** Writes a schedule file that was not there, and opens it. */
export async function writeNewSchedule(file: vscode.Uri, text: string): Promise<void> {
  if (await exists(file))
    throw new HumanError(vscode.l10n.t('{0} exists already. Rename it, or choose another name.', file.fsPath))
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text))
  await vscode.window.showTextDocument(file)
}

export function exists(file: vscode.Uri): Thenable<boolean> {
  return vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  )
}
