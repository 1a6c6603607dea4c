import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'
import { compareToHost } from '../../protocol/compare'
import type { HostToCompare, SettingRow } from '../../protocol/compare'
import type { KnownRun } from '../../run/runFolders'
import { RunReader } from '../../run/RunReader'
import { readConfig, settingRows } from '../../run/settingRows'
import type { Runs } from '../Runs'
import { comparePage } from './comparePage'

const updateEveryMs = 500

export interface ComparePanelParts {
  readonly panel: vscode.WebviewPanel
  readonly extensionUri: vscode.Uri
  readonly runs: Runs
  readonly compared: readonly KnownRun[]
  /** Ids of runs that are asked for and are no more. */
  readonly missing?: readonly string[]
  readonly log: vscode.LogOutputChannel
}

/** An editor tab with the curves of some runs over one another: read from their folders, on as they train. */
export class ComparePanel implements vscode.Disposable {
  private readonly readers: readonly RunReader[]
  private readonly subscriptions: vscode.Disposable[]
  private timer: NodeJS.Timeout | undefined
  private sending: NodeJS.Timeout | undefined
  private settings: readonly SettingRow[]
  private plans = 0
  private shown = false
  private closed = false

  constructor(private readonly parts: ComparePanelParts) {
    const { panel, runs, compared } = parts
    this.readers = compared.map((run) => new RunReader(run))
    this.settings = this.readSettings()
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(parts.extensionUri, 'dist')],
    }
    panel.title = titleOf(compared)
    this.subscriptions = [
      panel.webview.onDidReceiveMessage((raw: unknown) => this.receive(raw)),
      panel.onDidChangeViewState(() => {
        if (panel.visible) this.updateSoon()
      }),
      panel.onDidDispose(() => this.end()),
      runs.onDidProgress(({ folder }) => {
        if (compared.some((run) => run.folder === folder)) this.updateSoon()
      }),
    ]
    panel.webview.html = this.page()
    for (const reader of this.readers) void this.read(reader)
  }

  dispose(): void {
    this.end()
    this.parts.panel.dispose()
  }

  private receive(raw: unknown): void {
    if (!compareToHost.safeParse(raw).success) return
    this.follow()
    this.post({
      type: 'snapshot',
      runs: this.readers.map((reader) => reader.view()),
      settings: this.settings,
      missing: this.parts.missing ?? [],
    })
    this.shown = true
  }

  private updateSoon(): void {
    if (this.closed) return
    this.timer ??= setTimeout(() => void this.update(), updateEveryMs)
  }

  private async update(): Promise<void> {
    await Promise.all(this.readers.map((reader) => this.read(reader)))
    this.timer = undefined
    this.send()
  }

  private async read(reader: RunReader): Promise<void> {
    try {
      await reader.read(() => this.sendSoon())
    } catch (error) {
      this.parts.log.error(`run ${reader.run.record.id}: ${(error as Error).message}`)
    }
    this.sendSoon()
  }

  /** While a long record is being read its curves grow on screen. */
  private sendSoon(): void {
    this.sending ??= setTimeout(() => {
      this.sending = undefined
      this.send()
    }, updateEveryMs)
  }

  private send(): void {
    // A page that is not there, or hidden, asks for all of it when it appears.
    if (!this.shown || this.closed || !this.parts.panel.visible) return
    this.follow()
    const runs = this.readers.flatMap((reader) => reader.takeUpdate() ?? [])
    if (runs.length === 0) return
    const plans = this.readers.reduce((sum, reader) => sum + reader.plans, 0)
    const news = plans !== this.plans
    this.plans = plans
    if (news) this.settings = this.readSettings()
    this.post({ type: 'update', runs, ...(news && { settings: this.settings }) })
  }

  /** States that no event tells: what a record without a last word comes to. */
  private follow(): void {
    for (const reader of this.readers) reader.setState(this.parts.runs.facts(reader.run).state)
  }

  private readSettings(): SettingRow[] {
    return settingRows(this.parts.compared.map(({ folder }) => readConfig(folder)))
  }

  private post(message: HostToCompare): void {
    void this.parts.panel.webview.postMessage(message)
  }

  private end(): void {
    this.closed = true
    clearTimeout(this.timer)
    clearTimeout(this.sending)
    for (const subscription of this.subscriptions) subscription.dispose()
  }

  private page(): string {
    const { panel, extensionUri } = this.parts
    const asset = (name: string): string =>
      panel.webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString()
    return comparePage({
      script: asset('compare.js'),
      style: asset('compare-style.css'),
      source: panel.webview.cspSource,
      nonce: randomBytes(16).toString('base64'),
    })
  }
}

function titleOf(compared: readonly KnownRun[]): string {
  const names = [...new Set(compared.map(({ record }) => record.name))]
  if (names.length === 0) return vscode.l10n.t('Compare Runs')
  return names.length <= 2
    ? vscode.l10n.t('Compare {0}', names.join(', '))
    : vscode.l10n.t('Compare {0} Runs', compared.length)
}
