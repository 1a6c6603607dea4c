import type * as vscode from 'vscode'
import type { RunSummary } from '../../protocol/view'
import type { RunHistory } from '../../run/RunHistory'

export interface ShownRun {
  readonly history: RunHistory
}

/** The runs of a workspace as the timeline sees them, wherever they are read from. */
export interface ShownRuns {
  /** The list, a state, or the run that is looked at has changed. */
  readonly onDidChange: vscode.Event<void>
  /** Events of a run have come in. */
  readonly onDidProgress: vscode.Event<ShownRun>
  readonly selected: ShownRun | undefined
  readonly schedules: readonly vscode.Uri[]
  summaries(): RunSummary[]
}
