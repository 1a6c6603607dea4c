import * as vscode from 'vscode'
import { scheduleFixes } from '../../editor/scheduleFixes'
import { edited } from './edited'
import { rangeOf } from './rangeOf'

/** What mends the problems at the cursor, ours and those that VS Code finds by the JSON Schema. */
export const scheduleQuickFixes: vscode.CodeActionProvider = {
  provideCodeActions(document, range, { diagnostics }) {
    const offset = document.offsetAt(range.start)
    const length = document.offsetAt(range.end) - offset
    return scheduleFixes(document.getText(), { offset, length }).flatMap(({ problem, fixes }) => {
      const place = rangeOf(document, problem)
      return fixes.map(({ title, edits }, index) => {
        const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix)
        action.edit = edited(document, edits)
        action.diagnostics = diagnostics.filter((one) => one.range.intersection(place))
        action.isPreferred = index === 0
        return action
      })
    })
  },
}
