import { setTimeout as delay } from 'node:timers/promises'
import * as vscode from 'vscode'
import { HumanError } from '../HumanError'
import { folderMiB } from '../run/folderMiB'
import { hasEnded } from '../run/launch'
import { isAlive } from '../runtime/isAlive'
import { whereabouts } from '../run/whereabouts'
import { refuseDeletion } from '../run/refuseDeletion'
import { readRun } from '../run/runFolders'
import type { KnownRun } from '../run/runFolders'
import { memory } from '../run/words'
import type { Runs } from './Runs'
import { say } from './say'

const shownNames = 5
const trainerEndsWithinMs = 15_000

/** Asks once and moves the folders of runs to the trash; refuses those that train. */
export async function deleteRuns(runs: Runs, chosen: readonly KnownRun[]): Promise<void> {
  const training = await Promise.all(chosen.map((run) => trains(runs, run)))
  const live = chosen.filter((_, index) => training[index])
  if (live.length > 0) return offerStop(runs, live)
  for (const { folder } of chosen) refuseDeletion(folder)
  const remove = vscode.l10n.t('Move to Trash')
  const answer = await say.confirm(
    question(chosen),
    vscode.l10n.t(
      '{0}: settings, curves, log and checkpoints. The schedule and the data stay.',
      await sizeOf(chosen),
    ),
    remove,
  )
  if (answer !== remove) return
  for (const run of chosen) {
    // Asking took time in which it may have been resumed elsewhere.
    if (await trains(runs, run))
      throw new HumanError(vscode.l10n.t('"{0}" trains again; stop it first.', run.record.name))
    if (!(await moveToTrash(runs, run))) return
  }
}

/** Asks once, stops the run without a checkpoint and moves its folder to the trash. */
export async function discardRun(runs: Runs, run: KnownRun): Promise<void> {
  const { name } = run.record
  const attached = await runs.target({ runId: run.record.id, folder: run.folder })
  if (!attached.isLive) {
    throw new HumanError(
      vscode.l10n.t('"{0}" does not train. "Multigrid: Delete Run…" moves it to the trash.', name),
    )
  }
  refuseDeletion(run.folder)
  const discard = vscode.l10n.t('Discard')
  const answer = await say.confirm(
    vscode.l10n.t('Discard "{0}"?', name),
    vscode.l10n.t(
      'Training stops at once without a checkpoint, and the folder of the run goes to the trash ({0}). "Stop" would save a checkpoint and keep it.',
      await sizeOf([run]),
    ),
    discard,
  )
  if (answer !== discard) return
  // The question took time: it may have ended meanwhile.
  if (attached.isLive as boolean) await attached.api.stop({ checkpoint: false })
  await attached.ended()
  await trainerGone(run)
  await moveToTrash(runs, run)
}

/** By what is followed here, and by the record as it is now: a run may have been resumed in a terminal a moment ago. */
async function trains(runs: Runs, run: KnownRun): Promise<boolean> {
  if (runs.followed(run.folder)?.isLive) return true
  const now = readRun(run.folder)
  return now !== undefined && !hasEnded(now) && (await whereabouts(now)) !== 'nowhere'
}

async function offerStop(runs: Runs, live: readonly KnownRun[]): Promise<void> {
  const stop = vscode.l10n.t('Stop')
  const answer = await say.confirm(
    vscode.l10n.t('{0} is training and is not deleted.', names(live)),
    vscode.l10n.t(
      'Stop it first; it saves a checkpoint then. "Discard Run" stops it without one and deletes it.',
    ),
    stop,
  )
  if (answer !== stop) return
  for (const { folder, record } of live)
    await (await runs.target({ runId: record.id, folder })).api.stop({ checkpoint: true })
}

/** Where there is no trash, as on a remote machine, deletes only after a second question; false where that was declined. */
async function moveToTrash(runs: Runs, run: KnownRun): Promise<boolean> {
  refuseDeletion(run.folder)
  const uri = vscode.Uri.file(run.folder)
  try {
    await vscode.workspace.fs.delete(uri, { recursive: true, useTrash: true })
  } catch (error) {
    const forGood = vscode.l10n.t('Delete Permanently')
    const answer = await say.confirm(
      vscode.l10n.t('"{0}" cannot be moved to the trash. Delete it permanently?', run.record.name),
      vscode.l10n.t('This cannot be undone. ({0})', (error as Error).message),
      forGood,
    )
    if (answer !== forGood) return false
    refuseDeletion(run.folder)
    await vscode.workspace.fs.delete(uri, { recursive: true, useTrash: false })
  }
  await runs.forget(run.folder)
  return true
}

/** Its last writes are done when its process has ended. */
async function trainerGone({ folder }: KnownRun): Promise<void> {
  const pid = readRun(folder)?.record.pid
  for (let waited = 0; pid !== undefined && isAlive(pid); waited += 100) {
    if (waited >= trainerEndsWithinMs)
      throw new HumanError(
        vscode.l10n.t('The trainer (process {0}) has not ended yet; delete the run when it has.', pid),
      )
    await delay(100)
  }
}

function question(chosen: readonly KnownRun[]): string {
  return chosen.length === 1
    ? vscode.l10n.t('Delete the run {0}?', names(chosen))
    : vscode.l10n.t('Delete {0} runs: {1}?', chosen.length, names(chosen))
}

function names(chosen: readonly KnownRun[]): string {
  const shown = chosen.slice(0, shownNames).map(({ record }) => `"${record.name}" (${record.id})`)
  const more = chosen.length - shown.length
  return more > 0 ? vscode.l10n.t('{0} and {1} more', shown.join(', '), more) : shown.join(', ')
}

async function sizeOf(chosen: readonly KnownRun[]): Promise<string> {
  const sizes = await Promise.all(chosen.map(({ folder }) => folderMiB(folder)))
  const all = sizes.reduce((sum, size) => sum + size, 0)
  return all < 1 ? vscode.l10n.t('less than 1 MiB') : memory(all)
}
