import path from 'node:path'
import * as vscode from 'vscode'
import type { RunPhase, RunSummary } from '../protocol/view'
import { runsFolder } from '../protocol/runRecord'
import { AttachedRun } from '../run/AttachedRun'
import { hasEnded } from '../run/launch'
import { listRuns } from '../run/runFolders'
import type { KnownRun } from '../run/runFolders'

const schedulePattern = '**/*.multigrid.json'
const excluded = '**/{node_modules,.multigrid,.git}/**'
const maxSchedules = 100

/**
 * The runs of this workspace: those on disk as a list, those that live (and the one that is looked at) attached.
 * Runs that were started elsewhere, by another window or in a terminal, appear here too.
 */
export class Runs implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>()
  private readonly progressed = new vscode.EventEmitter<AttachedRun>()
  private readonly vanished = new vscode.EventEmitter<AttachedRun>()
  private readonly attached = new Map<string, AttachedRun>()
  private readonly watchers: vscode.Disposable[] = []
  private known: readonly KnownRun[] = []
  private chosen: string | undefined
  private refreshing: Promise<void> | undefined
  private stale = false

  /** The list, a state, or the run that is looked at has changed. */
  readonly onDidChange = this.changed.event
  /** Events of a run have come in. */
  readonly onDidProgress = this.progressed.event
  /** A trainer has ended without a word, or with a failure. */
  readonly onDidFail = this.vanished.event

  schedules: readonly vscode.Uri[] = []

  constructor(private readonly log: vscode.LogOutputChannel) {
    const schedules = vscode.workspace.createFileSystemWatcher(schedulePattern, false, true, false)
    const records = vscode.workspace.createFileSystemWatcher(
      `**/${runsFolder}/*/run.json`,
      false,
      true,
      false,
    )
    for (const watcher of [schedules, records]) {
      watcher.onDidCreate(() => void this.refresh())
      watcher.onDidDelete(() => void this.refresh())
      this.watchers.push(watcher)
    }
    this.watchers.push(vscode.workspace.onDidChangeWorkspaceFolders(() => void this.refresh()))
  }

  /** The run that the timeline, the status bar and the commands mean: the chosen one, else a living one, else the newest. */
  get selected(): AttachedRun | undefined {
    return this.chosen === undefined ? undefined : this.attached.get(this.chosen)
  }

  get all(): readonly KnownRun[] {
    return this.known
  }

  isLive(folder: string): boolean {
    return this.attached.get(folder)?.isLive ?? false
  }

  summaries(): RunSummary[] {
    return this.known.map(({ folder, record }) => ({
      id: record.id,
      name: record.name,
      state: this.stateOf(folder) ?? record.state,
      created: record.created,
    }))
  }

  /** Reads the disk again; calls that come meanwhile share the next reading. */
  async refresh(): Promise<void> {
    if (this.refreshing) {
      this.stale = true
      return this.refreshing
    }
    this.refreshing = this.read()
    try {
      await this.refreshing
    } finally {
      this.refreshing = undefined
    }
    if (this.stale) {
      this.stale = false
      await this.refresh()
    }
  }

  async select(id: string): Promise<void> {
    const run = this.known.find(({ record }) => record.id === id)
    if (!run) return
    this.chosen = run.folder
    await this.attach(run)
    this.changed.fire()
  }

  /** A run made by this window. */
  async adopt(run: KnownRun): Promise<AttachedRun> {
    this.known = [run, ...this.known.filter(({ folder }) => folder !== run.folder)]
    this.chosen = run.folder
    const attached = this.follow(run)
    this.changed.fire()
    return Promise.resolve(attached)
  }

  dispose(): void {
    for (const run of this.attached.values()) run.dispose()
    for (const part of [...this.watchers, this.changed, this.progressed, this.vanished]) part.dispose()
  }

  private async read(): Promise<void> {
    this.schedules = await vscode.workspace.findFiles(schedulePattern, excluded, maxSchedules)
    const places = new Set([
      ...(vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
      ...this.schedules.map((uri) => path.dirname(uri.fsPath)),
    ])
    this.known = [...places]
      .flatMap((place) => listRuns(place))
      .sort((a, b) => b.record.created.localeCompare(a.record.created))
    for (const run of this.known) if (!hasEnded(run)) await this.attach(run)
    if (this.chosen === undefined || !this.known.some(({ folder }) => folder === this.chosen)) {
      const first = this.known.find(({ folder }) => this.attached.get(folder)?.isLive) ?? this.known[0]
      this.chosen = first?.folder
      if (first) await this.attach(first)
    }
    this.changed.fire()
  }

  private async attach(run: KnownRun): Promise<void> {
    if (this.attached.has(run.folder)) return
    try {
      await this.follow(run).open()
    } catch (error) {
      this.log.error(`run ${run.record.id}: ${(error as Error).message}`)
    }
  }

  private follow(run: KnownRun): AttachedRun {
    const before = this.attached.get(run.folder)
    if (before) return before
    const attached = new AttachedRun(run)
    let state: RunPhase | undefined
    attached.on('change', () => {
      if (attached.history.current.state !== state) {
        state = attached.history.current.state
        this.log.info(`${attached.record.id}: ${state} (${attached.history.current.reason})`)
        if (attached.watched && (state === 'failed' || state === 'gone')) this.vanished.fire(attached)
        this.changed.fire()
      }
      this.progressed.fire(attached)
    })
    attached.on('event', (event) => {
      if (event.type === 'problem') this.log.warn(`${attached.record.id}: ${event.message}`)
    })
    this.attached.set(run.folder, attached)
    return attached
  }

  private stateOf(folder: string): RunPhase | undefined {
    return this.attached.get(folder)?.history.current.state
  }
}
