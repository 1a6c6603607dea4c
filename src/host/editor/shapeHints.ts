import * as vscode from 'vscode'
import { scheduleHints } from '../../editor/scheduleHints'

/** Shapes, batches and rates beside the numbers that make them. */
export const shapeHints: vscode.InlayHintsProvider = {
  provideInlayHints(document, range) {
    return scheduleHints(document.getText()).flatMap(({ offset, label, tooltip }) => {
      const position = document.positionAt(offset)
      if (!range.contains(position)) return []
      const hint = new vscode.InlayHint(position, label)
      hint.tooltip = tooltip
      hint.paddingLeft = true
      return [hint]
    })
  },
}
