import * as vscode from 'vscode'
import type { RunView } from '../protocol/view'
import { plannedView } from '../run/plannedView'
import { isSchedule as isTrainable } from './schedules'
import type { ShownRuns } from './views/ShownRuns'

const settleMs = 200

/** The plan of the schedule in the editor, else of the first one of the workspace, as it is typed. */
export class PlannedRun implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>()
  private readonly subscriptions: vscode.Disposable[]
  private timer: ReturnType<typeof setTimeout> | undefined
  private lastEdited: vscode.Uri | undefined

  readonly onDidChange = this.changed.event

  constructor(
    private readonly runs: Pick<ShownRuns, 'schedules'>,
    private readonly isSchedule: (uri: vscode.Uri) => boolean = isTrainable,
  ) {
    this.subscriptions = [
      vscode.window.onDidChangeActiveTextEditor(() => this.settle()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (this.isSchedule(document.uri)) this.settle()
      }),
    ]
  }

  /** Undefined where there is no schedule to be read. */
  async view(): Promise<RunView | undefined> {
    const open = vscode.window.activeTextEditor?.document.uri
    if (open && this.isSchedule(open)) this.lastEdited = open
    const file = this.lastEdited ?? this.runs.schedules[0]
    if (!file) return undefined
    try {
      const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === file.toString())
      const text = document?.getText() ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(file))
      return plannedView(file.path, text)
    } catch {
      // Deleted, or not to be read: nothing is planned. Starting it says why.
      this.lastEdited = undefined
      return undefined
    }
  }

  dispose(): void {
    clearTimeout(this.timer)
    for (const part of [...this.subscriptions, this.changed]) part.dispose()
  }

  private settle(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.changed.fire(), settleMs)
  }
}
