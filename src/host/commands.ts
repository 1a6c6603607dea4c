import path from 'node:path'
import * as vscode from 'vscode'
import { HumanError } from '../HumanError'
import { runFiles } from '../protocol/runRecord'
import type { AttachedRun } from '../run/AttachedRun'
import { explainRun } from '../run/explainRun'
import { applyWhenTraining, editedSchedule, takeReading } from '../run/editedSchedule'
import type { DatasetChecks } from './DatasetChecks'
import { killTrainer } from '../run/killTrainer'
import { readRun, scheduleOf } from '../run/runFolders'
import { importPySlowFast } from './importPySlowFast'
import { askAndInstall } from './installRuntime'
import { newSchedule } from './newSchedule'
import type { Action } from './registerCommands'
import { requireTrust, requireTrustToSteer } from './requireTrust'
import type { Runs } from './Runs'
import { chooseSchedule, commandFromSettings, startRun } from './startRun'
import type { TextPages } from './TextPages'
import type { BatchPanel } from './views/BatchPanel'
import type { WhenWindowCloses } from './WhenWindowCloses'
import { say } from './say'

const shownChanges = 5
const lateMs = 20_000

export interface CommandParts {
  readonly runs: Runs
  readonly checks: DatasetChecks
  readonly log: vscode.LogOutputChannel
  readonly pages: TextPages
  readonly batchPanel: BatchPanel
  readonly whenWindowCloses: WhenWindowCloses
}

/** The commands that act on a run, on a schedule's data, or on what this machine has, by their names. */
export function runCommands({ runs, checks, pages, batchPanel, whenWindowCloses, log }: CommandParts) {
  return {
    start: async (argument) => {
      requireTrust(vscode.l10n.t('Training'))
      const started = await startRun(runs, log, argument instanceof vscode.Uri ? argument : undefined)
      if (!started) return
      await vscode.commands.executeCommand('multigrid.timeline.focus')
      sayThatCodespacesStop()
      void whenWindowCloses.ask()
    },
    checkDataset: async (argument) => {
      requireTrust(vscode.l10n.t('The check'))
      const question = vscode.l10n.t('Which schedule’s data should be checked?')
      const schedule = argument instanceof vscode.Uri ? argument : await chooseSchedule(runs, question)
      if (schedule) await checks.check(schedule)
    },
    hold: async (argument) => (await steered(runs, argument)).api.hold({}),
    release: async (argument) => (await steered(runs, argument)).api.release({}),
    resume: async (argument) => resume(await runs.target(argument)),
    stop: async (argument) => stop(await steered(runs, argument)),
    kill: async (argument) => kill(await steered(runs, argument)),
    checkpoint: async (argument) => {
      const { iteration } = await (await steered(runs, argument)).api.checkpoint({})
      vscode.window.setStatusBarMessage(
        vscode.l10n.t('Multigrid: saved a checkpoint at iteration {0}', iteration),
        5000,
      )
    },
    openLog: (argument) => openLog(runs, log, argument),
    openSchedule: async (argument) => {
      const file = runs.isEmpty
        ? await chooseSchedule(runs)
        : vscode.Uri.file(scheduleOf(await runs.target(argument)))
      if (file) await vscode.window.showTextDocument(file)
    },
    explainInput: async (argument) => {
      const run = await runs.target(argument)
      await pages.show({
        of: run.record.id,
        title: vscode.l10n.t('Waiting for Data'),
        text: explainRun(run.folder, run.history),
      })
    },
    showBatch: async (argument) => {
      requireTrust(vscode.l10n.t('Showing a batch'))
      await batchPanel.show(await runs.target(argument))
    },
    showBatchOf: async (argument) => {
      requireTrust(vscode.l10n.t('Showing a batch'))
      const run = await runs.target(argument)
      const iteration = await askIteration(run)
      if (iteration !== undefined) await batchPanel.show(run, iteration)
    },
    newSchedule,
    importPySlowFast: () => importPySlowFast(log),
    installRuntime: async () => {
      requireTrust(vscode.l10n.t('The install'))
      await askAndInstall(log)
    },
    showTimeline: () => Promise.resolve(vscode.commands.executeCommand('multigrid.timeline.focus')),
  } satisfies Readonly<Record<string, Action>>
}

function steered(runs: Runs, argument: unknown): Promise<AttachedRun> {
  requireTrustToSteer()
  return runs.target(argument)
}

/** A failed run is news: says why, and offers what helps. */
export async function tellFailure(run: AttachedRun): Promise<void> {
  const resumeIt = vscode.l10n.t('Resume from Checkpoint')
  const showLog = vscode.l10n.t('Open Log')
  const openDoctor = vscode.l10n.t('Open Doctor')
  const { reason, help, now } = run.history.current
  const answer = await say.error(
    `${run.record.name}: ${reason}`,
    ...(now ? [resumeIt] : []),
    ...(help === 'doctor' ? [openDoctor] : []),
    showLog,
  )
  if (answer === resumeIt) await vscode.commands.executeCommand('multigrid.resume')
  if (answer === openDoctor) await vscode.commands.executeCommand('multigrid.doctor')
  if (answer === showLog) await vscode.commands.executeCommand('multigrid.openLog', run.record.id)
}

async function resume(run: AttachedRun): Promise<void> {
  if (run.isLive) await run.api.resume({})
  else {
    requireTrust(vscode.l10n.t('Training'))
    if (run.history.current.state === 'finished') {
      throw new HumanError(
        vscode.l10n.t(
          '"{0}" has finished: all its epochs are trained. Start a new run instead.',
          run.record.name,
        ),
      )
    }
    const edited = editedSchedule(run)
    const answer = edited && (await askAboutEdit(edited.changes))
    if (answer === undefined && edited) return
    const command = await commandFromSettings()
    if (edited && answer === 'take') takeReading(run.folder, edited.config)
    await run.start(command)
    if (edited && answer === 'take') await applyWhenTraining(run, edited.config)
  }
}

/** One that computes answers after its step; one that hangs never does, and must not leave the person waiting. */
async function stop(run: AttachedRun): Promise<void> {
  const answer = run.api.stop({ checkpoint: true })
  const late = setTimeout(() => {
    const end = vscode.l10n.t('End by Force…')
    const told = say.warning(
      vscode.l10n.t(
        '"{0}" has not stopped yet: it is in a long step, or its trainer hangs.',
        run.record.name,
      ),
      end,
    )
    void told.then((chosen) => {
      if (chosen === end) void vscode.commands.executeCommand('multigrid.kill', run.record.id)
    })
  }, lateMs)
  try {
    await answer
  } finally {
    clearTimeout(late)
  }
}

async function kill(run: AttachedRun): Promise<void> {
  const end = vscode.l10n.t('End Trainer')
  const answer = await say.confirm(
    vscode.l10n.t('End the trainer of "{0}" by force?', run.record.name),
    vscode.l10n.t(
      'Nothing is saved: what was trained since the last checkpoint is lost. Stop saves one, where the trainer still answers.',
    ),
    end,
  )
  if (answer === end) await killTrainer(readRun(run.folder) ?? run)
}

/** Their machine is switched off when nobody types, whatever it computes. */
function sayThatCodespacesStop(): void {
  if (vscode.env.remoteName !== 'codespaces') return
  void say.information(
    vscode.l10n.t(
      'Codespaces stop when they are idle, half an hour after the last key by default, and training is no activity to them. Raise the timeout in your settings on GitHub; a run that was cut off resumes from its last checkpoint.',
    ),
  )
}

/** An edit moves the boundaries of phases: it is shown, and taken only when asked for. Undefined where neither was chosen. */
async function askAboutEdit(changes: readonly string[]): Promise<'take' | 'leave' | undefined> {
  const take = vscode.l10n.t('Resume with the Changes')
  const leave = vscode.l10n.t('Resume as Started')
  const shown = changes.slice(0, shownChanges)
  const more = changes.length - shown.length
  const words = [...shown, ...(more > 0 ? [vscode.l10n.t('and {0} more', more)] : [])].join('; ')
  const answer = await say.information(
    vscode.l10n.t('The schedule has changed since this run was started: {0}.', words),
    take,
    leave,
  )
  return answer === take ? 'take' : answer === leave ? 'leave' : undefined
}

async function askIteration({ history }: AttachedRun): Promise<number | undefined> {
  const { now, iterations } = history.current
  const answer = await vscode.window.showInputBox({
    prompt:
      iterations > 0
        ? vscode.l10n.t('Which iteration, 0 to {0}?', iterations - 1)
        : vscode.l10n.t('Which iteration?'),
    value: String(now?.iteration ?? 0),
    validateInput: (text) =>
      /^\d{1,15}$/.test(text) ? undefined : vscode.l10n.t('The number of an iteration, from 0.'),
  })
  return answer === undefined ? undefined : Number(answer)
}

async function openLog(runs: Runs, log: vscode.LogOutputChannel, argument: unknown): Promise<void> {
  if (runs.isEmpty) {
    log.show()
    return
  }
  const { folder } = await runs.target(argument)
  await vscode.window.showTextDocument(vscode.Uri.file(path.join(folder, runFiles.log)))
}
