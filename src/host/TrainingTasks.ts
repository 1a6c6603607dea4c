import path from 'node:path'
import * as vscode from 'vscode'
import { HumanError } from '../HumanError'
import type { RunEvent } from '../protocol/events'
import type { AttachedRun } from '../run/AttachedRun'
import { EventTeller } from '../run/EventTeller'
import { oneLine } from '../run/oneLine'
import { stateWord } from '../run/words'
import { requireTrust } from './requireTrust'
import type { Runs } from './Runs'
import { startRun } from './startRun'

const type = 'multigrid'
const progressEveryMs = 10_000

interface Definition extends vscode.TaskDefinition {
  readonly schedule: string
}

/** Tasks for people who start things with tasks: each trains by a schedule, or shows the run that does so already. */
export class TrainingTasks implements vscode.TaskProvider, vscode.Disposable {
  private readonly registration = vscode.tasks.registerTaskProvider(type, this)

  constructor(
    private readonly runs: Runs,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  async provideTasks(): Promise<vscode.Task[]> {
    if (this.runs.schedules.length === 0) await this.runs.refresh()
    return this.runs.schedules.flatMap((uri) => {
      const folder = vscode.workspace.getWorkspaceFolder(uri)
      const schedule = folder && path.relative(folder.uri.fsPath, uri.fsPath).replaceAll('\\', '/')
      return folder && schedule ? [this.task({ type, schedule }, folder)] : []
    })
  }

  /** One of tasks.json, which may say more than its type and its schedule. */
  resolveTask(task: vscode.Task): vscode.Task | undefined {
    const { scope } = task
    const folder =
      scope !== undefined && typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0]
    const definition = task.definition as Partial<Definition>
    if (!folder || typeof definition.schedule !== 'string') return undefined
    // VS Code wants the definition that it gave.
    return this.task(task.definition as Definition, folder)
  }

  dispose(): void {
    this.registration.dispose()
  }

  private task(definition: Definition, folder: vscode.WorkspaceFolder): vscode.Task {
    const schedule = vscode.Uri.joinPath(folder.uri, definition.schedule)
    const task = new vscode.Task(
      definition,
      folder,
      vscode.l10n.t('train {0}', definition.schedule.replace(/\.multigrid\.json$/, '')),
      type,
      new vscode.CustomExecution(() => Promise.resolve(new TrainingTerminal(this.runs, schedule, this.log))),
    )
    task.isBackground = true
    task.group = vscode.TaskGroup.Build
    task.detail = vscode.l10n.t('Trains by this schedule, or shows the run that does so already')
    return task
  }
}

/** The terminal of a task: what "multigrid watch" prints. Closing it leaves the training alone. */
class TrainingTerminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>()
  private readonly ended = new vscode.EventEmitter<number>()
  readonly onDidWrite = this.written.event
  readonly onDidClose = this.ended.event

  private run: AttachedRun | undefined
  private timer: NodeJS.Timeout | undefined
  private teller: EventTeller | undefined

  constructor(
    private readonly runs: Runs,
    private readonly schedule: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  open(): void {
    void this.train()
  }

  close(): void {
    clearInterval(this.timer)
    this.run?.off('event', this.tell)
  }

  /** Ctrl-C, as in any terminal, stops: with a checkpoint. */
  handleInput(data: string): void {
    if (data !== '\x03' || !this.run?.isLive) return
    this.print(vscode.l10n.t('Stopping after this step, with a checkpoint.'))
    this.run.api.stop({ checkpoint: true }).catch((error: unknown) => this.print((error as Error).message))
  }

  private async train(): Promise<void> {
    try {
      requireTrust(vscode.l10n.t('Training'))
      const run = await this.begin()
      if (!run) {
        this.ended.fire(1)
        return
      }
      this.print(
        vscode.l10n.t('Ctrl-C stops with a checkpoint; closing the terminal leaves the training alone.'),
      )
      await run.ended()
      const { state, reason } = run.history.current
      this.print(`${stateWord(state)}: ${reason}`)
      this.close()
      this.ended.fire(state === 'failed' || state === 'gone' ? 1 : 0)
    } catch (error) {
      if (!(error instanceof HumanError)) this.log.error(error as Error)
      this.print((error as Error).message)
      this.close()
      this.ended.fire(1)
    }
  }

  private async begin(): Promise<AttachedRun | undefined> {
    const [live] = this.runs.liveOf(this.schedule.fsPath)
    if (live) {
      this.print(vscode.l10n.t('"{0}" is training already, from this schedule.', live.record.name))
      this.follow(live)
      return live
    }
    return startRun(this.runs, this.log, this.schedule, (run) => this.follow(run))
  }

  private follow(run: AttachedRun): void {
    this.run = run
    this.teller = new EventTeller(run.history, '"Multigrid: Explain Waiting for Data"')
    run.on('event', this.tell)
    this.timer = setInterval(() => this.print(oneLine(run.history.current)), progressEveryMs)
    this.print(oneLine(run.history.current))
  }

  private readonly tell = (event: RunEvent): void => {
    for (const line of this.teller?.tell(event) ?? []) this.print(line)
  }

  private print(text: string): void {
    this.written.fire(`${text.replaceAll('\n', '\r\n')}\r\n`)
  }
}
