import path from 'node:path'
import * as vscode from 'vscode'
import { writeNewSchedule } from './newSchedule'

/** Asks for a PySlowFast YAML and writes the schedule file that says the same, beside it. */
export async function importPySlowFast(log: vscode.LogOutputChannel): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: 'Import PySlowFast Config',
      openLabel: 'Import',
      filters: { 'PySlowFast config': ['yaml', 'yml'] },
      ...(folder && { defaultUri: folder }),
    })) ?? []
  if (!chosen) return
  // The YAML reader is half as large as the rest of the extension, and hardly ever needed.
  const { loadPySlowFast } = await import('../config/pyslowfast/load')
  const { text, ignored } = loadPySlowFast(chosen.fsPath)
  const name = path.basename(chosen.fsPath).replace(/\.ya?ml$/i, '')
  await writeNewSchedule(vscode.Uri.joinPath(chosen, '..', `${name}.multigrid.json`), text)
  if (ignored.length === 0) return
  log.info(`${chosen.fsPath}: ignored ${ignored.join(', ')}`)
  const show = 'Show Them'
  void vscode.window
    .showInformationMessage(
      `Imported ${path.basename(chosen.fsPath)}; ${ignored.length === 1 ? 'one key means' : `${ignored.length} keys mean`} nothing to a schedule.`,
      show,
    )
    .then((answer) => answer === show && log.show())
}
