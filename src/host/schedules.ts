import * as vscode from 'vscode'

export const schedulePattern = '**/*.multigrid.json'
export const notSchedules = '**/{node_modules,.multigrid,.git}/**'
export const mostSchedules = 100

/** A schedule file that can be trained: one on this machine's disk. */
export function isSchedule(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && isNamedAsSchedule(uri)
}

/** A schedule file wherever it is edited; not one of the past, as source control shows them. */
export function isEditedSchedule(uri: vscode.Uri): boolean {
  return vscode.workspace.fs.isWritableFileSystem(uri.scheme) !== undefined && isNamedAsSchedule(uri)
}

const isNamedAsSchedule = (uri: vscode.Uri): boolean => uri.path.endsWith('.multigrid.json')
