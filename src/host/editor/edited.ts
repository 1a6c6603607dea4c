import * as vscode from 'vscode'
import type { TextEdit } from '../../editor/TextEdit'
import { rangeOf } from './rangeOf'

/** Edits of a document's text as the editor makes them. */
export function edited(document: vscode.TextDocument, edits: readonly TextEdit[]): vscode.WorkspaceEdit {
  const change = new vscode.WorkspaceEdit()
  for (const edit of edits) change.replace(document.uri, rangeOf(document, edit), edit.text)
  return change
}
