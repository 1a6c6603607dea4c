import * as vscode from 'vscode'
import { registerCommands, tellFailure } from './host/commands'
import { DatasetChecks } from './host/DatasetChecks'
import { ExplainPage } from './host/ExplainPage'
import { PlannedRun } from './host/PlannedRun'
import { Runs } from './host/Runs'
import { StatusBar } from './host/StatusBar'
import { BatchPanel } from './host/views/BatchPanel'
import { TimelineView } from './host/views/TimelineView'

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Multigrid', { log: true })
  const runs = new Runs(log)
  const checks = new DatasetChecks()
  const planned = new PlannedRun(runs)
  const explainPage = new ExplainPage()
  const batchPanel = new BatchPanel(context.extensionUri)
  const timeline = new TimelineView(context.extensionUri, runs, planned, obstacle, (message) => {
    if (message.type === 'select') void runs.select(message.run)
    else void vscode.commands.executeCommand(`multigrid.${message.command}`)
  })
  context.subscriptions.push(
    log,
    runs,
    checks,
    planned,
    timeline,
    explainPage,
    batchPanel,
    new StatusBar(runs),
    runs.onDidChange(() => {
      void vscode.commands.executeCommand('setContext', 'multigrid.hasRun', runs.selected !== undefined)
    }),
    runs.onDidFail((run) => void tellFailure(run)),
    vscode.window.registerWebviewViewProvider(TimelineView.id, timeline),
    ...registerCommands({ runs, checks, explainPage, batchPanel, log }),
  )
  void runs.refresh()
}

function obstacle(): string | undefined {
  if (vscode.workspace.isTrusted) return undefined
  return 'This workspace is not trusted: runs and schedules can be looked at, but nothing is started.'
}
