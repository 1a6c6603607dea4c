import path from 'node:path'
import * as vscode from 'vscode'
import { HumanError } from '../HumanError'
import { loadConfig } from '../config/load'
import { createRun } from '../run/runFolders'
import { trainerCommand } from '../run/trainerCommand'
import type { TrainerCommand } from '../run/launch'
import type { AttachedRun } from '../run/AttachedRun'
import { findFfmpeg } from '../runtime/ffmpeg'
import type { Ffmpeg } from '../runtime/ffmpeg'
import { withPathOutside } from '../runtime/findOnPath'
import { readRuntime, runtimeFolder } from '../runtime/folder'
import { askAndInstall } from './installRuntime'
import type { Runs } from './Runs'
import { isSchedule } from './schedules'
import { say } from './say'

/** Starts a run of `schedule`, or of the schedule in the editor, or of one the user picks. */
export async function startRun(
  runs: Runs,
  log: vscode.LogOutputChannel,
  schedule?: vscode.Uri,
  /** Gets the run before its trainer starts. */
  onRun: (run: AttachedRun) => void = () => undefined,
): Promise<AttachedRun | undefined> {
  const file = schedule ?? (await chooseSchedule(runs))
  if (!file) return undefined
  await saveIfDirty(file)
  const { config } = loadConfig(file.fsPath)
  const [live] = runs.liveOf(file.fsPath)
  if (live) {
    const another = vscode.l10n.t('Start Another')
    const show = vscode.l10n.t('Show It')
    const answer = await say.warning(
      vscode.l10n.t('"{0}" is training already, from this schedule.', live.record.name),
      show,
      another,
    )
    if (answer === show) await runs.select(live.record.id)
    if (answer !== another) return undefined
  }
  if (config.engine.backend !== 'wasm' && !(await offerRuntime(log))) return undefined
  const command = await commandFromSettings()
  const run = await runs.adopt(createRun({ schedule: file.fsPath, config }))
  onRun(run)
  await run.start(command)
  return run
}

/** Where no TensorFlow runtime was ever installed, asks first; false when the user wants neither it nor WebAssembly. */
async function offerRuntime(log: vscode.LogOutputChannel): Promise<boolean> {
  if (readRuntime(runtimeFolder())) return true
  const install = vscode.l10n.t('Install TensorFlow')
  const without = vscode.l10n.t('Train with WebAssembly')
  const answer = await say.information(
    vscode.l10n.t(
      'Native TensorFlow is not installed for you yet. It takes about 1.2 GB in a folder of yours, for an NVIDIA GPU some more; WebAssembly needs nothing, and is many times slower.',
    ),
    install,
    without,
  )
  return answer === install ? askAndInstall(log) : answer === without
}

/** The trainer's command with the paths of the user's settings. */
export function commandFromSettings(): Promise<TrainerCommand> {
  const settings = vscode.workspace.getConfiguration('multigrid')
  return trainerCommand({
    node: settings.get<string>('nodePath') || undefined,
    ffmpeg: settings.get<string>('ffmpegPath') || undefined,
    gpu: settings.get<string>('gpu') || undefined,
    outside: workspacePaths(),
  })
}

/** The ffmpeg of the user's settings, or the one that is found without. Throws HumanError where none runs. */
export function ffmpegFromSettings(): Promise<Ffmpeg> {
  const setting = vscode.workspace.getConfiguration('multigrid').get<string>('ffmpegPath')
  return findFfmpeg({
    setting: setting || process.env['MULTIGRID_FFMPEG'],
    env: withPathOutside(process.env, workspacePaths()),
    runtimeFolder: runtimeFolder(),
  })
}

function workspacePaths(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath)
}

/** The schedule in the editor, else the only one, else the one that the user picks. */
export async function chooseSchedule(
  runs: Runs,
  question = vscode.l10n.t('Which schedule should be trained?'),
): Promise<vscode.Uri | undefined> {
  const open = vscode.window.activeTextEditor?.document.uri
  if (open && isSchedule(open)) return open
  if (runs.schedules.length === 0) await runs.refresh()
  const [only, ...others] = runs.schedules
  if (!only) {
    throw new HumanError(
      vscode.l10n.t(
        'There is no schedule file (*.multigrid.json) in this folder. Make one with "Multigrid: New Schedule".',
      ),
    )
  }
  if (others.length === 0) return only
  const items = runs.schedules.map((uri) => ({
    label: path.basename(uri.fsPath),
    description: vscode.workspace.asRelativePath(path.dirname(uri.fsPath)),
    uri,
  }))
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: question,
  })
  return picked?.uri
}

export async function saveIfDirty(file: vscode.Uri): Promise<void> {
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === file.toString())
  if (document?.isDirty) await document.save()
}
