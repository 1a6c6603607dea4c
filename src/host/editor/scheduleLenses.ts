import * as vscode from 'vscode'
import { lensPlace } from '../../editor/lensPlace'
import { rangeOf } from './rangeOf'

/** What can be done with a schedule, over its cycles. */
export const scheduleLenses: vscode.CodeLensProvider = {
  provideCodeLenses(document) {
    const place = rangeOf(document, lensPlace(document.getText()))
    const lens = (title: string, tooltip: string, command: string): vscode.CodeLens =>
      new vscode.CodeLens(place, { title, tooltip, command, arguments: [document.uri] })
    return [
      lens(
        vscode.l10n.t('$(play) Start'),
        vscode.l10n.t('Start training by this schedule'),
        'multigrid.start',
      ),
      lens(
        vscode.l10n.t('Preview'),
        vscode.l10n.t('See what this schedule will do, as it is typed'),
        'multigrid.preview',
      ),
      lens(
        vscode.l10n.t('What if…'),
        vscode.l10n.t('Compare the work of this schedule with what it could be instead'),
        'multigrid.whatIf',
      ),
    ]
  },
}
