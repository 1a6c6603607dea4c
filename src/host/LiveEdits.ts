import { applyEdits, modify } from 'jsonc-parser'
import * as vscode from 'vscode'
import { HumanError } from '../HumanError'
import type { AttachedRun } from '../run/AttachedRun'
import { editedSchedule } from '../run/editedSchedule'
import { ownConfig } from '../run/ownConfig'
import { scheduleOf } from '../run/runFolders'
import { editText, whenWords } from '../run/editText'
import { proposeEdit } from '../run/proposeEdit'
import { readFactor, scaleRate } from '../run/scaleRate'
import type { RateChange } from '../run/scaleRate'
import { tell } from './registerCommands'
import type { Action } from './registerCommands'
import type { Runs } from './Runs'
import { say } from './say'
import { isSchedule, schedulePattern } from './schedules'
import type { TextPages } from './TextPages'

const shownChanges = 5
const settleMs = 200

/** A saved schedule of a run that trains is shown beside the planned one, and taken when the person says so. */
export class LiveEdits implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[]
  private readonly settling = new Map<string, NodeJS.Timeout>()
  /** Runs whose person is being asked: one question at a time, which means the file as it is when it is answered. */
  private readonly asked = new Set<string>()

  constructor(
    private readonly runs: Runs,
    private readonly pages: TextPages,
    private readonly log: vscode.LogOutputChannel,
  ) {
    // By another program as well as here.
    const watcher = vscode.workspace.createFileSystemWatcher(schedulePattern, true, false, true)
    this.subscriptions = [
      watcher,
      watcher.onDidChange((uri) => this.settle(uri)),
      vscode.workspace.onDidSaveTextDocument((document) => this.settle(document.uri)),
    ]
  }

  readonly actions: Readonly<
    Record<'applyEdit' | 'dismissEdit' | 'withdrawEdit' | 'showEdit' | 'scaleRate', Action>
  > = {
    applyEdit: async (argument) => this.apply(await this.runs.target(argument)),
    dismissEdit: async (argument) => (await this.runs.target(argument)).propose(undefined),
    withdrawEdit: async (argument) => (await this.runs.target(argument)).api.withdrawConfig({}),
    showEdit: async (argument) => this.show(await this.runs.target(argument)),
    scaleRate: async (argument) => this.scaleRate(await this.runs.target(argument)),
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose()
    for (const timer of this.settling.values()) clearTimeout(timer)
  }

  private settle(schedule: vscode.Uri): void {
    if (!isSchedule(schedule)) return
    clearTimeout(this.settling.get(schedule.fsPath))
    this.settling.set(
      schedule.fsPath,
      setTimeout(() => {
        this.settling.delete(schedule.fsPath)
        void this.saved(schedule)
      }, settleMs),
    )
  }

  private async saved(schedule: vscode.Uri): Promise<void> {
    for (const run of this.runs.liveOf(schedule.fsPath)) {
      try {
        const edit = await proposeEdit(run)
        run.propose(edit)
        if (edit) void this.ask(run).catch((error: unknown) => tell(error, this.log))
      } catch (error) {
        tell(error, this.log)
      }
    }
  }

  private async ask(run: AttachedRun): Promise<void> {
    const { edit } = run.history.current
    if (!edit || edit.state === 'waits' || this.asked.has(run.folder)) return
    const [apply, show, later] = [
      vscode.l10n.t('Apply'),
      vscode.l10n.t('Show Comparison'),
      vscode.l10n.t('Not Now'),
    ]
    const shown = edit.changes.slice(0, shownChanges)
    const more =
      edit.changes.length > shown.length
        ? [vscode.l10n.t('and {0} more', edit.changes.length - shown.length)]
        : []
    const words = [...shown, ...more].join('; ')
    this.asked.add(run.folder)
    try {
      const answer =
        edit.state === 'refused'
          ? await say.warning(vscode.l10n.t('"{0}" goes on as it was. {1}', run.record.name, edit.reason))
          : await say.information(
              vscode.l10n.t(
                'The schedule of "{0}", which is training, has changed: {1}. {2}',
                run.record.name,
                words,
                whenWords(edit),
              ),
              apply,
              show,
              later,
            )
      if (answer === apply) await this.apply(run)
      if (answer === show) await this.show(run)
      if (answer === later) run.propose(undefined)
    } finally {
      this.asked.delete(run.folder)
    }
  }

  private async apply(run: AttachedRun): Promise<void> {
    const edited = editedSchedule(run)
    if (!edited)
      throw new HumanError(
        vscode.l10n.t('The schedule file of "{0}" says what it trains by already.', run.record.name),
      )
    const { fromEpoch } = await run.api.applyConfig({ config: edited.config })
    run.propose(undefined)
    vscode.window.setStatusBarMessage(
      vscode.l10n.t('Multigrid: the edited schedule holds from epoch {0}', Number(fromEpoch.toFixed(2))),
      8000,
    )
  }

  private async show(run: AttachedRun): Promise<void> {
    const { edit, info } = run.history.current
    const edited = editedSchedule(run)
    if (!edit || !edited)
      throw new HumanError(vscode.l10n.t('The schedule of "{0}" has no edit to show.', run.record.name))
    await this.pages.show({
      of: run.record.id,
      title: vscode.l10n.t('Edited Schedule'),
      text: editText({
        name: run.record.name,
        edit,
        planned: ownConfig(run.folder),
        edited: edited.config,
        clips: info?.clips.train,
      }),
    })
  }

  private async scaleRate(run: AttachedRun): Promise<void> {
    const { edit, now } = run.history.current
    if (edit?.state === 'waits')
      throw new HumanError(
        vscode.l10n.t(
          'An edit waits for epoch {0}. Take it back first, or wait until it is taken.',
          edit.fromEpoch,
        ),
      )
    const before = ownConfig(run.folder)
    const answer = await vscode.window.showInputBox({
      title: vscode.l10n.t('Learning rate of "{0}" × …', run.record.name),
      prompt: vscode.l10n.t(
        'It is {0} at the full batch. A factor like 0.1, 1/2 or 50 %; it holds from the next step on.',
        before.train.learningRate,
      ),
      value: '0.1',
      validateInput: (text) =>
        readFactor(text) === undefined
          ? vscode.l10n.t('A number above 0, like 0.1, 1/2 or 50 %.')
          : undefined,
    })
    const factor = answer === undefined ? undefined : readFactor(answer)
    if (factor === undefined) return
    const { train, changes } = scaleRate(before, factor, now?.epoch ?? 0)
    await run.api.applyConfig({ config: { ...before, train } })
    await writeRate(vscode.Uri.file(scheduleOf(run)), changes)
    vscode.window.setStatusBarMessage(
      vscode.l10n.t('Multigrid: the learning rate of "{0}" is {1} now', run.record.name, train.learningRate),
      8000,
    )
  }
}

/** The file says what is trained by; one that is being edited stays unsaved, one that is gone or faulty stays as it is. */
async function writeRate(schedule: vscode.Uri, changes: RateChange): Promise<void> {
  try {
    const document = await vscode.workspace.openTextDocument(schedule)
    const wasDirty = document.isDirty
    const before = document.getText()
    const after = changes.reduce(
      (text, { path, value }) =>
        applyEdits(text, modify(text, [...path], value, { formattingOptions: { insertSpaces: true } })),
      before,
    )
    const edit = new vscode.WorkspaceEdit()
    edit.replace(
      schedule,
      new vscode.Range(document.positionAt(0), document.positionAt(before.length)),
      after,
    )
    await vscode.workspace.applyEdit(edit)
    if (!wasDirty) await document.save()
  } catch {
    // The run has its own copy.
  }
}
