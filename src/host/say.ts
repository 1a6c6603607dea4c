import * as vscode from 'vscode'

/**
 * Notifications. Everything goes through here, since the editor makes links of `[words](command:…)` in them, commands
 * included, and what they say may come from a file of the workspace. Resolves with the button that was pressed.
 */
export const say = {
  error: (message: string, ...buttons: string[]): Thenable<string | undefined> =>
    vscode.window.showErrorMessage(withoutLinks(message), ...buttons),
  warning: (message: string, ...buttons: string[]): Thenable<string | undefined> =>
    vscode.window.showWarningMessage(withoutLinks(message), ...buttons),
  information: (message: string, ...buttons: string[]): Thenable<string | undefined> =>
    vscode.window.showInformationMessage(withoutLinks(message), ...buttons),
  /** A question before something that cannot be undone. */
  confirm: (message: string, detail: string, ...buttons: string[]): Thenable<string | undefined> =>
    vscode.window.showWarningMessage(withoutLinks(message), { modal: true, detail }, ...buttons),
  /** A question that must be answered. */
  modal: (message: string, detail: string, ...buttons: string[]): Thenable<string | undefined> =>
    vscode.window.showInformationMessage(withoutLinks(message), { modal: true, detail }, ...buttons),
}

/** The same words with nothing that the editor makes a link of. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (')
}

/** The same words with no icon in them: the status bar, trees and lists draw one for `$(name)`. */
export function withoutIcons(text: string): string {
  return text.replaceAll('$(', '$ (')
}
