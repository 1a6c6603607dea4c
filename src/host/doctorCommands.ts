import * as vscode from 'vscode'
import { HumanError } from '../HumanError'
import { ffmpegVersion } from '../runtime/ffmpeg'
import { nodeVersion } from '../runtime/node'
import type { Action } from './registerCommands'
import type { DoctorPanel } from './views/DoctorPanel'

/** The doctor, and the settings that it helps with. */
export function doctorCommands(panel: DoctorPanel): Readonly<Record<string, Action>> {
  return {
    doctor: () => {
      panel.show()
      return Promise.resolve()
    },
    chooseNode: (argument) =>
      choose({ setting: 'nodePath', name: 'Node.js', argument, version: nodeVersion }),
    chooseFfmpeg: (argument) =>
      choose({ setting: 'ffmpegPath', name: 'ffmpeg', argument, version: ffmpegVersion }),
  }
}

/** Asks for a program, unless one comes as the argument, and makes it the user's; one that does not run is refused. */
async function choose(what: {
  setting: 'nodePath' | 'ffmpegPath'
  name: string
  argument: unknown
  version: (file: string, env: NodeJS.ProcessEnv) => Promise<{ version: string } | { failure: string }>
}): Promise<void> {
  const { setting, name, argument, version } = what
  const chosen = argument instanceof vscode.Uri ? argument : await ask(name)
  if (!chosen) return
  const answer = await version(chosen.fsPath, process.env)
  if ('failure' in answer) {
    throw new HumanError(
      vscode.l10n.t(
        '{0} cannot be used as {1}: it {2}. Choose another; nothing was changed.',
        chosen.fsPath,
        name,
        answer.failure,
      ),
    )
  }
  const settings = vscode.workspace.getConfiguration('multigrid')
  await settings.update(setting, chosen.fsPath, vscode.ConfigurationTarget.Global)
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('Multigrid: {0} {1} from now on', name, answer.version),
    5000,
  )
}

async function ask(name: string): Promise<vscode.Uri | undefined> {
  const title = vscode.l10n.t('Choose {0}', name)
  const [chosen] =
    (await vscode.window.showOpenDialog({ title, openLabel: vscode.l10n.t('Use'), canSelectMany: false })) ??
    []
  return chosen
}
