import * as vscode from 'vscode'
import { HumanError } from '../../HumanError'
import type { Config } from '../../config/schema'
import { viewToHost } from '../../protocol/view'
import type { RunView } from '../../protocol/view'
import { keepingPlan, plannedView } from '../../run/plannedView'
import type { PlanKnowledge } from '../../run/plannedView'
import type { Action } from '../registerCommands'
import { isEditedSchedule } from '../schedules'
import { webviewPage } from './webviewPage'

interface Preview {
  readonly panel: vscode.WebviewPanel
  /** What is drawn; a faulty text keeps its plan. */
  drawn: RunView | undefined
  /** Of earlier runs; asked when the page opens and when runs change, not on each keystroke. */
  known: Knows | undefined
  /** Tells of changes on disk, which no document tells while the file is in no editor. */
  readonly watcher: vscode.FileSystemWatcher
  due: boolean
}

type Knows = (config: Config) => PlanKnowledge

export interface PreviewParts {
  readonly extensionUri: vscode.Uri
  /** What earlier runs of a schedule say of this machine; undefined where there is none, and in the browser. */
  readonly measured: (schedule: vscode.Uri) => Promise<Knows | undefined>
  readonly onDidChangeRuns: vscode.Event<void>
  readonly obstacle: () => string | undefined
  readonly onStart: (schedule: vscode.Uri) => void
}

/** Timelines beside schedule files, which follow every keystroke; each file has one, also after a reload. */
export class Previews implements vscode.WebviewPanelSerializer, vscode.Disposable {
  static readonly id = 'multigrid.preview'

  private readonly open = new Map<string, Preview>()
  private readonly subscriptions: readonly vscode.Disposable[]

  constructor(private readonly parts: PreviewParts) {
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.changed(document.uri)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.changedAll()),
      parts.onDidChangeRuns(() => void this.askRuns()),
    ]
  }

  show(schedule: vscode.Uri): void {
    const existing = this.open.get(schedule.toString())
    if (existing) {
      existing.panel.reveal(undefined, true)
      return
    }
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }
    this.fill(vscode.window.createWebviewPanel(Previews.id, '', column, {}), schedule)
  }

  /** What is drawn beside a schedule. */
  drawn(schedule: vscode.Uri): RunView | undefined {
    return this.open.get(schedule.toString())?.drawn
  }

  /** After a reload: the state is the page's, and as little to be trusted as any of its messages. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const schedule = keptSchedule(state)
    if (schedule && !this.open.has(schedule.toString())) this.fill(panel, schedule)
    else panel.dispose()
    return Promise.resolve()
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose()
    for (const { panel } of this.open.values()) panel.dispose()
  }

  private fill(panel: vscode.WebviewPanel, schedule: vscode.Uri): void {
    const { extensionUri, onStart } = this.parts
    const key = schedule.toString()
    const watcher = watch(schedule)
    const preview: Preview = { panel, drawn: undefined, known: undefined, watcher, due: false }
    this.open.set(key, preview)
    panel.title = vscode.l10n.t('Preview {0}', schedule.path.split('/').at(-1) ?? '')
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')],
    }
    for (const happened of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete])
      happened((uri) => this.changed(uri))
    panel.onDidDispose(() => {
      this.open.delete(key)
      watcher.dispose()
    })
    panel.webview.onDidReceiveMessage((raw: unknown) => {
      const message = viewToHost.safeParse(raw)
      if (!message.success) return
      if (message.data.type === 'ready') void this.begin(schedule, preview)
      // Nothing else can be done with a plan.
      if (message.data.type === 'command' && message.data.command === 'start') onStart(schedule)
    })
    panel.webview.html = webviewPage(panel.webview, extensionUri)
  }

  private async begin(schedule: vscode.Uri, preview: Preview): Promise<void> {
    // Drawn before runs are asked: a long record takes a while.
    await this.draw(schedule, preview)
    await this.ask(schedule, preview)
  }

  private async ask(schedule: vscode.Uri, preview: Preview): Promise<void> {
    preview.known = await this.parts.measured(schedule).catch(() => undefined)
    this.changed(schedule)
  }

  private async askRuns(): Promise<void> {
    await Promise.all([...this.open].map(([key, preview]) => this.ask(vscode.Uri.parse(key), preview)))
  }

  private changedAll(): void {
    for (const key of this.open.keys()) this.changed(vscode.Uri.parse(key))
  }

  /** What is typed while one picture is under way is in the next one. */
  private changed(schedule: vscode.Uri): void {
    const preview = this.open.get(schedule.toString())
    // A hidden page asks anew when it is shown.
    if (!preview?.panel.visible || preview.due) return
    preview.due = true
    setTimeout(() => {
      preview.due = false
      void this.draw(schedule, preview)
    }, 0)
  }

  private async draw(schedule: vscode.Uri, preview: Preview): Promise<void> {
    const run = await this.view(schedule, preview)
    // Closed meanwhile.
    if (this.open.get(schedule.toString()) !== preview) return
    const obstacle = this.parts.obstacle()
    await preview.panel.webview.postMessage({
      type: 'snapshot',
      state: {
        runs: [],
        schedules: [vscode.workspace.asRelativePath(schedule)],
        keep: schedule.toString(),
        run,
        ...(obstacle !== undefined && { obstacle }),
      },
    })
  }

  private async view(schedule: vscode.Uri, preview: Preview): Promise<RunView> {
    try {
      const text = await textOf(schedule)
      return (preview.drawn = keepingPlan(plannedView(schedule.path, text, preview.known), preview.drawn))
    } catch {
      const last = preview.drawn ?? plannedView(schedule.path, '')
      return (preview.drawn = { ...last, reason: vscode.l10n.t('The file cannot be read.') })
    }
  }
}

/** As it is typed where it is open, else as it lies there. */
async function textOf(schedule: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === schedule.toString())
  return open?.getText() ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(schedule))
}

/** All schedules of the folder, since a name may have signs that mean something in a pattern. */
function watch(schedule: vscode.Uri): vscode.FileSystemWatcher {
  const folder = vscode.Uri.joinPath(schedule, '..')
  return vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '*.multigrid.json'))
}

/** Of what was clicked, else of the schedule in the editor. */
export function previewAction(previews: Previews): Action {
  return (argument) => {
    const schedule = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri
    if (!schedule || !isEditedSchedule(schedule)) {
      throw new HumanError(
        vscode.l10n.t('Open a schedule file (*.multigrid.json) first: its timeline is shown beside it.'),
      )
    }
    previews.show(schedule)
    return Promise.resolve()
  }
}

function keptSchedule(state: unknown): vscode.Uri | undefined {
  if (typeof state !== 'object' || state === null || !('keep' in state)) return undefined
  const { keep } = state
  if (typeof keep !== 'string' || keep.length > 4096) return undefined
  try {
    const uri = vscode.Uri.parse(keep, true)
    // An address elsewhere would be fetched.
    const isHere = uri.scheme === 'file' || vscode.workspace.getWorkspaceFolder(uri) !== undefined
    return isHere && isEditedSchedule(uri) ? uri : undefined
  } catch {
    return undefined
  }
}
