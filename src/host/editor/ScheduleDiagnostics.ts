import * as vscode from 'vscode'
import { scheduleProblems } from '../../editor/scheduleProblems'
import { isEditedSchedule } from '../schedules'
import { rangeOf } from './rangeOf'

const settleMs = 150

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
}

/** Underlines what is wrong in every open schedule file, as it is typed. */
export class ScheduleDiagnostics implements vscode.Disposable {
  private readonly shown = vscode.languages.createDiagnosticCollection('multigrid')
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>()
  private readonly subscriptions: readonly vscode.Disposable[]

  constructor() {
    this.subscriptions = [
      vscode.workspace.onDidOpenTextDocument((document) => this.check(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.settle(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document)),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('json.validate')) this.checkAll()
      }),
    ]
    this.checkAll()
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer)
    for (const part of [...this.subscriptions, this.shown]) part.dispose()
  }

  private checkAll(): void {
    for (const document of vscode.workspace.textDocuments) this.check(document)
  }

  private settle(document: vscode.TextDocument): void {
    if (!isEditedSchedule(document.uri)) return
    const key = document.uri.toString()
    clearTimeout(this.timers.get(key))
    this.timers.set(
      key,
      setTimeout(() => this.check(document), settleMs),
    )
  }

  private check(document: vscode.TextDocument): void {
    if (!isEditedSchedule(document.uri) || document.isClosed) return
    const problems = scheduleProblems(document.getText(), { bySchema: schemaIsChecked(document) })
    this.shown.set(
      document.uri,
      problems.map((problem) => {
        const { message, severity } = problem
        const diagnostic = new vscode.Diagnostic(rangeOf(document, problem), message, severities[severity])
        diagnostic.source = 'multigrid'
        return diagnostic
      }),
    )
  }

  private forget({ uri }: vscode.TextDocument): void {
    clearTimeout(this.timers.get(uri.toString()))
    this.timers.delete(uri.toString())
    this.shown.delete(uri)
  }
}

/** Whether VS Code's own JSON support underlines what the JSON Schema says. */
function schemaIsChecked({ uri }: vscode.TextDocument): boolean {
  return (
    vscode.extensions.getExtension('vscode.json-language-features') !== undefined &&
    vscode.workspace.getConfiguration('json', uri).get('validate.enable', true)
  )
}
