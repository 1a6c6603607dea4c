import * as vscode from 'vscode'
import { HumanError } from '../HumanError'

/** Throws HumanError in a restricted workspace; `what` begins the sentence: "Training", "The check". */
export function requireTrust(what: string): void {
  if (vscode.workspace.isTrusted) return
  throw new HumanError(
    vscode.l10n.t(
      '{0} runs programs on data of this folder. Trust the workspace first ("Workspaces: Manage Workspace Trust").',
      what,
    ),
  )
}

/** The same for what is asked of a trainer that runs: in a restricted workspace none is connected to. */
export function requireTrustToSteer(): void {
  if (vscode.workspace.isTrusted) return
  throw new HumanError(
    vscode.l10n.t(
      'Trainers of this folder are not connected to. Trust the workspace first ("Workspaces: Manage Workspace Trust").',
    ),
  )
}
