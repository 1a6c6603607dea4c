import * as vscode from 'vscode'
import { schedulePattern } from '../schedules'
import { ScheduleDiagnostics } from './ScheduleDiagnostics'
import { scheduleQuickFixes } from './scheduleQuickFixes'
import { shapeHints } from './shapeHints'

/** What follows from a schedule's text alone, in a browser too. */
export function registerScheduleText(): { dispose(): unknown }[] {
  const schedules: vscode.DocumentSelector = { pattern: schedulePattern }
  const quickFixes = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }
  return [
    new ScheduleDiagnostics(),
    vscode.languages.registerCodeActionsProvider(schedules, scheduleQuickFixes, quickFixes),
    vscode.languages.registerInlayHintsProvider(schedules, shapeHints),
  ]
}
