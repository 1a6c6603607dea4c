import * as vscode from 'vscode'
import type { DoctorAction, DoctorRow, HostToDoctor } from '../../protocol/doctorPage'
import { findingIds, findingNames } from '../../runtime/findings/Finding'
import type { Finding, FindingId } from '../../runtime/findings/Finding'

/** Known findings by what they are of; those that are absent are being looked at. */
export type Findings = Readonly<Partial<Record<FindingId, Finding>>>

/** The buttons that are there whatever was found. */
export const doctorTools = () =>
  (['checkAgain', 'copyReport', 'openSettings'] as const).map((action) => ({
    action,
    label: actionLabel(action),
  }))

export function doctorMessage(findings: Findings): HostToDoctor {
  return { type: 'show', summary: summaryOf(findings), rows: findingIds.map((id) => rowOf(id, findings[id])) }
}

function summaryOf(findings: Findings): string {
  const known = Object.values(findings)
  if (known.length < findingIds.length) return vscode.l10n.t('Looking at what this machine has…')
  const count = (status: Finding['status']): number => known.filter((one) => one.status === status).length
  const [missing, warnings] = [count('missing'), count('warning')]
  if (missing + warnings === 0) return vscode.l10n.t('Everything that training needs is here.')
  if (missing === 0) return vscode.l10n.t('Training works here; {0} of it can be better.', warnings)
  return vscode.l10n.t('Missing: {0}. Warnings: {1}.', missing, warnings)
}

function rowOf(id: FindingId, finding: Finding | undefined): DoctorRow {
  const name = findingNames[id]
  if (!finding) {
    const word = vscode.l10n.t('Checking…')
    return { id, name, status: 'checking', word, detail: '', meaning: '', actions: [] }
  }
  const { status, detail, meaning, remedies } = finding
  const words = {
    ok: vscode.l10n.t('OK'),
    warning: vscode.l10n.t('Warning'),
    missing: vscode.l10n.t('Missing'),
  }
  const actions = remedies.map((action) => ({ action, label: actionLabel(action) }))
  return { id, name, status, word: words[status], detail, meaning, actions }
}

function actionLabel(action: DoctorAction): string {
  const labels: Readonly<Record<DoctorAction, string>> = {
    installRuntime: vscode.l10n.t('Install TensorFlow Runtime'),
    chooseNode: vscode.l10n.t('Choose Node…'),
    chooseFfmpeg: vscode.l10n.t('Choose ffmpeg…'),
    openSettings: vscode.l10n.t('Open Settings'),
    manageTrust: vscode.l10n.t('Manage Workspace Trust'),
    newSchedule: vscode.l10n.t('New Schedule'),
    checkAgain: vscode.l10n.t('Check Again'),
    copyReport: vscode.l10n.t('Copy Report'),
  }
  return labels[action]
}
