import * as vscode from 'vscode'
import { HumanError } from '../HumanError'
import { say } from './say'

/** What a command does; what is clicked comes as its argument, and all that is selected with it as the second one. */
export type Action = (argument?: unknown, selection?: unknown) => Promise<unknown>

/** Registers commands, named without `multigrid.`; an error of one is told once, in its own words. */
export function registerCommands(
  actions: Readonly<Record<string, Action>>,
  log: vscode.LogOutputChannel,
): vscode.Disposable[] {
  return Object.entries(actions).map(([name, act]) =>
    vscode.commands.registerCommand(`multigrid.${name}`, async (argument?: unknown, selection?: unknown) => {
      try {
        return await act(argument, selection)
      } catch (error) {
        tell(error, log)
        return undefined
      }
    }),
  )
}

/** Does not wait for the message to be dismissed: a command ends when its work does. */
export function tell(error: unknown, log: vscode.LogOutputChannel): void {
  if (error instanceof HumanError) {
    log.warn(error.message)
    void offerHelp(error)
    return
  }
  log.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
  const showLog = vscode.l10n.t('Show Log')
  void say
    .error(vscode.l10n.t('Multigrid met an error of its own; the log has the details.'), showLog)
    .then((answer) => answer === showLog && log.show())
}

async function offerHelp({ message, help }: HumanError): Promise<void> {
  const open = { doctor: vscode.l10n.t('Open Doctor'), log: vscode.l10n.t('Open Log') }
  const command = { doctor: 'multigrid.doctor', log: 'multigrid.openLog' }
  const answer = await say.error(message, ...(help ? [open[help]] : []))
  if (help && answer) await vscode.commands.executeCommand(command[help])
}
