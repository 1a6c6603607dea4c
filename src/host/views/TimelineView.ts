import * as vscode from 'vscode'
import { viewToHost } from '../../protocol/view'
import type { HostToView, ViewState, ViewToHost } from '../../protocol/view'
import type { PlannedRun } from '../PlannedRun'
import type { ShownRun, ShownRuns } from './ShownRuns'
import { webviewPage } from './webviewPage'

const postEveryMs = 100

/** The sidebar's timeline: a snapshot when the view appears or another run is chosen, then updates, at most ten a second. */
export class TimelineView implements vscode.WebviewViewProvider, vscode.Disposable {
  static readonly id = 'multigrid.timeline'

  private view: vscode.WebviewView | undefined
  private shown: ShownRun | undefined
  private timer: ReturnType<typeof setTimeout> | undefined
  private listChanged = false
  private readonly subscriptions: vscode.Disposable[]

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly runs: ShownRuns,
    private readonly planned: PlannedRun,
    private readonly obstacle: () => string | undefined,
    private readonly onMessage: (message: Exclude<ViewToHost, { type: 'ready' }>) => void,
  ) {
    this.subscriptions = [
      runs.onDidChange(() => {
        this.listChanged = true
        this.schedule()
      }),
      runs.onDidProgress((run) => {
        if (run === this.shown) this.schedule()
      }),
      planned.onDidChange(() => {
        if (!this.runs.selected) this.schedule()
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.sendSnapshot()),
    ]
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view
    view.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(this.extensionUri, 'dist')],
    }
    view.webview.onDidReceiveMessage((raw: unknown) => this.receive(raw))
    view.onDidDispose(() => {
      this.view = undefined
      this.shown = undefined
    })
    view.webview.html = webviewPage(view.webview, this.extensionUri)
  }

  dispose(): void {
    clearTimeout(this.timer)
    for (const subscription of this.subscriptions) subscription.dispose()
  }

  private receive(raw: unknown): void {
    const message = viewToHost.safeParse(raw)
    if (!message.success) return
    if (message.data.type === 'ready') void this.sendSnapshot()
    else this.onMessage(message.data)
  }

  private schedule(): void {
    if (this.timer || !this.view?.visible) return
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.send()
    }, postEveryMs)
  }

  private send(): void {
    if (!this.view?.visible) return
    const { selected } = this.runs
    if (!selected || selected !== this.shown) {
      void this.sendSnapshot()
      return
    }
    const { run, curves } = selected.history.takeUpdate()
    this.post({ type: 'update', run, curves, ...(this.listChanged && { runs: this.runs.summaries() }) })
    this.listChanged = false
  }

  private async sendSnapshot(): Promise<void> {
    const planned = this.runs.selected ? undefined : await this.planned.view()
    const { selected } = this.runs
    this.shown = selected
    this.listChanged = false
    const obstacle = this.obstacle()
    const state: ViewState = {
      runs: this.runs.summaries(),
      schedules: this.runs.schedules.map((uri) => vscode.workspace.asRelativePath(uri)),
      ...(planned && { run: planned }),
      ...(selected && { run: selected.history.view() }),
      ...(obstacle !== undefined && { obstacle }),
    }
    // What the snapshot shows is no news any more.
    selected?.history.takeUpdate()
    this.post({ type: 'snapshot', state })
  }

  private post(message: HostToView): void {
    void this.view?.webview.postMessage(message)
  }
}
