import path from 'node:path'
import * as vscode from 'vscode'
import { exists, faultOfName, writeNewSchedule } from './newSchedule'
import { say } from './say'

/** Asks for a PySlowFast YAML and writes the schedule file that says the same, beside it or into the workspace. */
export async function importPySlowFast(log: vscode.LogOutputChannel): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Import PySlowFast Config'),
      openLabel: vscode.l10n.t('Import'),
      filters: { [vscode.l10n.t('PySlowFast config')]: ['yaml', 'yml'] },
      ...(folder && { defaultUri: folder }),
    })) ?? []
  if (!chosen) return
  // The YAML reader is half as large as the rest of the extension, and hardly ever needed.
  const { loadPySlowFast } = await import('../config/pyslowfast/load')
  const { text, ignored } = loadPySlowFast(chosen.fsPath)
  const name = path.basename(chosen.fsPath).replace(/\.ya?ml$/i, '')
  const beside = vscode.Uri.joinPath(chosen, '..')
  const place = vscode.workspace.getWorkspaceFolder(chosen) ? beside : (folder ?? beside)
  const file = await newFile(place, name)
  if (!file) return
  await writeNewSchedule(file, text)
  if (ignored.length === 0) return
  log.info(`${chosen.fsPath}: ignored ${ignored.join(', ')}`)
  const show = vscode.l10n.t('Show Them')
  void say
    .information(
      ignored.length === 1
        ? vscode.l10n.t('Imported {0}; one key means nothing to a schedule.', path.basename(chosen.fsPath))
        : vscode.l10n.t(
            'Imported {0}; {1} keys mean nothing to a schedule.',
            path.basename(chosen.fsPath),
            ignored.length,
          ),
      show,
    )
    .then((answer) => answer === show && log.show())
}

/** A schedule file that is not there yet: of this name, or of one that is asked for. */
async function newFile(folder: vscode.Uri, name: string): Promise<vscode.Uri | undefined> {
  const fileOf = (one: string): vscode.Uri => vscode.Uri.joinPath(folder, `${one}.multigrid.json`)
  if (!(await exists(fileOf(name)))) return fileOf(name)
  const other = await vscode.window.showInputBox({
    prompt: vscode.l10n.t('{0} exists already. Another name for the schedule', `${name}.multigrid.json`),
    value: `${name}-imported`,
    validateInput: async (value) =>
      faultOfName(value) ??
      ((await exists(fileOf(value))) ? vscode.l10n.t('There is such a schedule already.') : undefined),
  })
  return other === undefined ? undefined : fileOf(other)
}
