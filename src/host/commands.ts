import path from 'node:path'
import * as vscode from 'vscode'
import { HumanError } from '../HumanError'
import { runFiles } from '../protocol/runRecord'
import type { ViewToHost } from '../protocol/view'
import type { AttachedRun } from '../run/AttachedRun'
import { applyWhenTraining, editedSchedule, takeReading } from '../run/editedSchedule'
import type { DatasetChecks } from './DatasetChecks'
import { importPySlowFast } from './importPySlowFast'
import { askAndInstall } from './installRuntime'
import { newSchedule } from './newSchedule'
import type { ExplainPage } from './ExplainPage'
import type { Runs } from './Runs'
import { chooseSchedule, commandFromSettings, startRun } from './startRun'
import type { BatchPanel } from './views/BatchPanel'

const shownChanges = 5

type ViewCommand = Extract<ViewToHost, { type: 'command' }>['command']

export interface CommandParts {
  readonly runs: Runs
  readonly checks: DatasetChecks
  readonly log: vscode.LogOutputChannel
  readonly explainPage: ExplainPage
  readonly batchPanel: BatchPanel
}

/** Every command of the palette, the view and the menus; an error is told once, in its own words. */
export function registerCommands({
  runs,
  checks,
  explainPage,
  batchPanel,
  log,
}: CommandParts): vscode.Disposable[] {
  const actions: Record<
    ViewCommand | 'showTimeline' | 'importPySlowFast' | 'checkDataset' | 'showBatchOf',
    (argument?: unknown) => Promise<unknown>
  > = {
    start: async (argument) => {
      requireTrust('Training')
      const started = await startRun(runs, log, argument instanceof vscode.Uri ? argument : undefined)
      if (started) await vscode.commands.executeCommand('multigrid.timeline.focus')
    },
    checkDataset: async (argument) => {
      requireTrust('The check')
      const question = 'Which schedule’s data should be checked?'
      const schedule = argument instanceof vscode.Uri ? argument : await chooseSchedule(runs, question)
      if (schedule) await checks.check(schedule)
    },
    hold: () => chosen(runs).api.hold({}),
    release: () => chosen(runs).api.release({}),
    resume: () => resume(runs),
    stop: () => chosen(runs).api.stop({ checkpoint: true }),
    checkpoint: async () => {
      const { iteration } = await chosen(runs).api.checkpoint({})
      vscode.window.setStatusBarMessage(`Multigrid: saved a checkpoint at iteration ${iteration}`, 5000)
    },
    openLog: () => openLog(runs, log),
    openSchedule: async () => {
      const file = runs.selected ? vscode.Uri.file(runs.selected.record.schedule) : await chooseSchedule(runs)
      if (file) await vscode.window.showTextDocument(file)
    },
    explainInput: () => explainPage.show(chosen(runs)),
    showBatch: async () => {
      requireTrust('Showing a batch')
      await batchPanel.show(chosen(runs))
    },
    showBatchOf: async () => {
      requireTrust('Showing a batch')
      const run = chosen(runs)
      const iteration = await askIteration(run)
      if (iteration !== undefined) await batchPanel.show(run, iteration)
    },
    newSchedule,
    importPySlowFast: () => importPySlowFast(log),
    installRuntime: () => askAndInstall(log).then(() => undefined),
    showTimeline: () => Promise.resolve(vscode.commands.executeCommand('multigrid.timeline.focus')),
  }
  return Object.entries(actions).map(([name, act]) =>
    vscode.commands.registerCommand(`multigrid.${name}`, async (argument?: unknown) => {
      try {
        await act(argument)
      } catch (error) {
        tell(error, log)
      }
    }),
  )
}

/** A failed run is news: says why, and offers what helps. */
export async function tellFailure(run: AttachedRun): Promise<void> {
  const resumeIt = 'Resume from Checkpoint'
  const showLog = 'Open Log'
  const { reason, now } = run.history.current
  const answer = await vscode.window.showErrorMessage(
    `${run.record.name}: ${reason}`,
    ...(now ? [resumeIt] : []),
    showLog,
  )
  if (answer === resumeIt) await vscode.commands.executeCommand('multigrid.resume')
  if (answer === showLog) await vscode.commands.executeCommand('multigrid.openLog')
}

async function resume(runs: Runs): Promise<void> {
  const run = chosen(runs)
  if (run.isLive) await run.api.resume({})
  else {
    requireTrust('Training')
    if (run.history.current.state === 'finished') {
      throw new HumanError(
        `"${run.record.name}" has finished: all its epochs are trained. Start a new run instead.`,
      )
    }
    const edited = editedSchedule(run)
    const answer = edited && (await askAboutEdit(edited.changes))
    if (answer === undefined && edited) return
    const command = await commandFromSettings()
    if (edited && answer === takeEdit) takeReading(run.folder, edited.config)
    await run.start(command)
    if (edited && answer === takeEdit) await applyWhenTraining(run, edited.config)
  }
}

const takeEdit = 'Resume with the Changes'
const keepSchedule = 'Resume as Started'

/** An edit moves the boundaries of phases: it is shown, and taken only when asked for. */
function askAboutEdit(changes: readonly string[]): Thenable<string | undefined> {
  const shown = changes.slice(0, shownChanges)
  const more = changes.length > shown.length ? [`and ${changes.length - shown.length} more`] : []
  return vscode.window.showInformationMessage(
    `The schedule has changed since this run was started: ${[...shown, ...more].join('; ')}.`,
    takeEdit,
    keepSchedule,
  )
}

async function askIteration({ history }: AttachedRun): Promise<number | undefined> {
  const { now, iterations } = history.current
  const answer = await vscode.window.showInputBox({
    prompt: iterations > 0 ? `Which iteration, 0 to ${iterations - 1}?` : 'Which iteration?',
    value: String(now?.iteration ?? 0),
    validateInput: (text) => (/^\d{1,15}$/.test(text) ? undefined : 'The number of an iteration, from 0.'),
  })
  return answer === undefined ? undefined : Number(answer)
}

async function openLog(runs: Runs, log: vscode.LogOutputChannel): Promise<void> {
  const run = runs.selected
  if (!run) {
    log.show()
    return
  }
  await vscode.window.showTextDocument(vscode.Uri.file(path.join(run.folder, runFiles.log)))
}

function chosen(runs: Runs): AttachedRun {
  const run = runs.selected
  if (!run) throw new HumanError('There is no run yet. Start one with "Multigrid: Start Training".')
  return run
}

function requireTrust(what: string): void {
  if (!vscode.workspace.isTrusted) {
    throw new HumanError(
      `${what} runs programs on data of this folder. Trust the workspace first ("Workspaces: Manage Workspace Trust").`,
    )
  }
}

/** Does not wait for the message to be dismissed: a command ends when its work does. */
function tell(error: unknown, log: vscode.LogOutputChannel): void {
  if (error instanceof HumanError) {
    log.warn(error.message)
    void vscode.window.showErrorMessage(error.message)
    return
  }
  log.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
  const showLog = 'Show Log'
  void vscode.window
    .showErrorMessage('Multigrid met an error of its own; the log has the details.', showLog)
    .then((answer) => answer === showLog && log.show())
}
