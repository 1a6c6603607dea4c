import path from 'node:path'
import * as vscode from 'vscode'
import { variationsOf, variationText, workWords } from '../../editor/variations'
import { HumanError } from '../../HumanError'
import { tell } from '../registerCommands'
import type { Runs } from '../Runs'
import { say } from '../say'
import { chooseSchedule } from '../startRun'
import type { TextPages } from '../TextPages'
import { edited } from './edited'

/** Asks what the schedule should be instead, shows both side by side, and changes the file where that is wanted. */
export async function whatIf(
  parts: { readonly runs: Runs; readonly pages: TextPages; readonly log: vscode.LogOutputChannel },
  argument: unknown,
): Promise<void> {
  const file =
    argument instanceof vscode.Uri
      ? argument
      : await chooseSchedule(parts.runs, vscode.l10n.t('Which schedule should be varied?'))
  if (!file) return
  const document = await vscode.workspace.openTextDocument(file)
  const { config, variations } = variationsIn(document)
  const picked = await vscode.window.showQuickPick(
    variations.map((variation) => ({
      label: variation.name,
      description: vscode.l10n.t('{0}, {1} epochs', workWords(variation.work), variation.epochs),
      variation,
    })),
    {
      title: vscode.l10n.t('What If…'),
      placeHolder: vscode.l10n.t(
        'Work for that of the file as it is, by multiply-adds; no time was measured',
      ),
    },
  )
  if (!picked) return
  const { variation } = picked
  const name = path.basename(file.fsPath)
  await parts.pages.show({
    of: name,
    title: vscode.l10n.t('What If'),
    text: variationText(name, config, variation),
  })
  offer(document, variation.name).catch((error: unknown) => tell(error, parts.log))
}

/** The file may have been edited while the page was read: the edit is made to what it says by then. */
async function offer(document: vscode.TextDocument, name: string): Promise<void> {
  const apply = vscode.l10n.t('Apply to the File')
  const file = path.basename(document.uri.fsPath)
  const answer = await say.information(vscode.l10n.t('{0}: {1}?', file, name), apply)
  if (answer !== apply) return
  const now = await vscode.workspace.openTextDocument(document.uri)
  const variation = variationsIn(now).variations.find((one) => one.name === name)
  if (!variation)
    throw new HumanError(vscode.l10n.t('{0} has changed meanwhile; this no longer fits it.', file))
  await vscode.workspace.applyEdit(edited(now, variation.edits))
  await vscode.window.showTextDocument(now)
}

function variationsIn(document: vscode.TextDocument) {
  const found = variationsOf(document.getText())
  if (found) return found
  throw new HumanError(
    vscode.l10n.t(
      '{0} has errors, so nothing can be compared with it: see the Problems view.',
      path.basename(document.uri.fsPath),
    ),
  )
}
