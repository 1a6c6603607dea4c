import * as vscode from 'vscode'
import { HumanError } from '../../HumanError'
import { compareState, mostCompared } from '../../protocol/compare'
import type { KnownRun } from '../../run/runFolders'
import type { Runs } from '../Runs'
import { ComparePanel } from './ComparePanel'

/** The tabs that compare runs: each choice has one, also after the window was reloaded. */
export class Comparisons implements vscode.WebviewPanelSerializer, vscode.Disposable {
  static readonly id = 'multigrid.compare'

  private readonly open = new Map<vscode.WebviewPanel, ComparePanel>()

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly runs: Runs,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Throws HumanError where there are more than can be told apart. */
  show(compared: readonly KnownRun[]): void {
    if (compared.length > mostCompared) {
      throw new HumanError(
        vscode.l10n.t(
          '{0} runs are too many to tell apart: choose {1} at most.',
          compared.length,
          mostCompared,
        ),
      )
    }
    const panel = vscode.window.createWebviewPanel(Comparisons.id, '', vscode.ViewColumn.Active, {
      enableFindWidget: true,
    })
    this.fill(panel, compared)
  }

  /** After a reload: the state is the page's, and as little to be trusted as any of its messages. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = compareState.safeParse(state)
    if (!kept.success) {
      panel.dispose()
      return
    }
    await this.runs.refresh()
    const ids = [...new Set(kept.data.runs)]
    const compared = ids.flatMap((id) => this.runs.find(id) ?? [])
    this.fill(
      panel,
      compared,
      ids.filter((id) => !compared.some(({ record }) => record.id === id)),
    )
  }

  dispose(): void {
    for (const one of this.open.values()) one.dispose()
  }

  private fill(
    panel: vscode.WebviewPanel,
    compared: readonly KnownRun[],
    missing: readonly string[] = [],
  ): void {
    const { extensionUri, runs, log } = this
    this.open.set(panel, new ComparePanel({ panel, extensionUri, runs, compared, missing, log }))
    panel.onDidDispose(() => this.open.delete(panel))
  }
}
