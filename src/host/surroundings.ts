import * as vscode from 'vscode'
import type { Surroundings } from '../runtime/findings/Surroundings'
import { runtimeFolder } from '../runtime/folder'
import { mostSchedules, notSchedules, schedulePattern } from './schedules'

/** This machine, seen with the user's settings from this workspace. */
export function surroundings(signal: AbortSignal): Surroundings {
  const settings = vscode.workspace.getConfiguration('multigrid')
  const folders = vscode.workspace.workspaceFolders ?? []
  return {
    runtimeFolder: runtimeFolder(),
    env: process.env,
    execPath: process.execPath,
    isElectron: 'electron' in process.versions,
    nodeSetting: settings.get<string>('nodePath') || undefined,
    ffmpegSetting: settings.get<string>('ffmpegPath') || process.env['MULTIGRID_FFMPEG'],
    workspace: {
      trusted: vscode.workspace.isTrusted,
      folders: folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath),
      schedules: async () => {
        const found = await vscode.workspace.findFiles(schedulePattern, notSchedules, mostSchedules)
        return found.map(({ fsPath }) => fsPath)
      },
    },
    signal,
  }
}
