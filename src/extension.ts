import path from 'node:path'
import * as vscode from 'vscode'
import { runCommands, tellFailure } from './host/commands'
import { DatasetChecks } from './host/DatasetChecks'
import { doctorCommands } from './host/doctorCommands'
import { registerScheduleLanguage } from './host/editor/registerScheduleLanguage'
import { LiveEdits } from './host/LiveEdits'
import { PlannedRun } from './host/PlannedRun'
import { registerCommands } from './host/registerCommands'
import type { Action } from './host/registerCommands'
import { runActions } from './host/runActions'
import { Runs } from './host/Runs'
import { setScheduleContexts } from './host/scheduleContexts'
import { StatusBar } from './host/StatusBar'
import { TextPages } from './host/TextPages'
import { TrainingTasks } from './host/TrainingTasks'
import { WhenWindowCloses } from './host/WhenWindowCloses'
import { BatchPanel } from './host/views/BatchPanel'
import { Comparisons } from './host/views/Comparisons'
import { DoctorPanel } from './host/views/DoctorPanel'
import { previewAction, Previews } from './host/views/Previews'
import { RunsTree } from './host/views/RunsTree'
import { TimelineView } from './host/views/TimelineView'
import type { ViewToHost } from './protocol/view'
import { MeasuredRuns } from './run/MeasuredRuns'
import { knowledgeOf } from './run/runMeasures'

/** What a button of the timeline may ask for is a command. */
type ViewCommand = Extract<ViewToHost, { type: 'command' }>['command']

/** What the tests inside the editor look at. */
export interface ExtensionParts {
  readonly runs: Runs
  readonly runsTree: RunsTree
  readonly previews: Previews
}

export function activate(context: vscode.ExtensionContext): ExtensionParts {
  const log = vscode.window.createOutputChannel('Multigrid', { log: true })
  const runs = new Runs(log)
  const checks = new DatasetChecks()
  const planned = new PlannedRun(runs)
  const pages = new TextPages()
  const whenWindowCloses = new WhenWindowCloses(runs)
  const liveEdits = new LiveEdits(runs, pages, log)
  const batchPanel = new BatchPanel(context.extensionUri)
  const doctor = new DoctorPanel(context.extension)
  const runsTree = new RunsTree(runs)
  const comparisons = new Comparisons(context.extensionUri, runs, log)
  const measuredRuns = new MeasuredRuns()
  const previews = new Previews({
    extensionUri: context.extensionUri,
    measured: async ({ fsPath }) => {
      const known = await measuredRuns.of(fsPath, runs.all)
      return (config) => knowledgeOf(config, path.dirname(fsPath), known)
    },
    onDidChangeRuns: runs.onDidChange,
    obstacle,
    onStart: (schedule) => void vscode.commands.executeCommand('multigrid.start', schedule),
  })
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
    pages,
    liveEdits,
    whenWindowCloses,
    batchPanel,
    previews,
    doctor,
    runsTree,
    comparisons,
    new StatusBar(runs),
    new TrainingTasks(runs, log),
    runs.onDidChange(() => {
      void vscode.commands.executeCommand('setContext', 'multigrid.hasRun', runs.selected !== undefined)
      setScheduleContexts(runs)
    }),
    runs.onDidFail((run) => void tellFailure(run)),
    vscode.window.registerWebviewViewProvider(TimelineView.id, timeline),
    vscode.window.registerWebviewPanelSerializer(DoctorPanel.id, doctor),
    ...registerCommands(doctorCommands(doctor), log),
    ...registerScheduleLanguage({ runs, pages, log }),
    ...registerCommands(
      {
        ...runCommands({ runs, checks, pages, batchPanel, whenWindowCloses, log }),
        ...liveEdits.actions,
        preview: previewAction(previews),
      } satisfies Record<ViewCommand | 'preview', Action>,
      log,
    ),
    vscode.window.registerWebviewPanelSerializer(Comparisons.id, comparisons),
    vscode.window.registerWebviewPanelSerializer(Previews.id, previews),
    ...registerCommands(runActions({ runs, tree: runsTree, comparisons }), log),
  )
  void runs.refresh()
  return { runs, runsTree, previews }
}

function obstacle(): string | undefined {
  if (vscode.workspace.isTrusted) return undefined
  return 'This workspace is not trusted: runs and schedules can be looked at, but nothing is started.'
}
