import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as vscode from 'vscode'
import { HumanError } from '../HumanError'
import type { RunPhase, RunSummary } from '../protocol/view'
import { runsFolder } from '../protocol/runRecord'
import { AttachedRun } from '../run/AttachedRun'
import { hasEnded } from '../run/launch'
import { runFacts } from '../run/runFacts'
import type { RunFacts } from '../run/runFacts'
import { listRuns, scheduleOf } from '../run/runFolders'
import type { KnownRun } from '../run/runFolders'
import { mostSchedules, notSchedules, schedulePattern } from './schedules'
import type { ShownRuns } from './views/ShownRuns'

const patienceMs = 1000

/**
 * The runs of this workspace: those on disk as a list, those that live (and the one that is looked at) attached.
 * Runs that were started elsewhere, by another window or in a terminal, appear here too.
 */
export class Runs implements ShownRuns, vscode.Disposable {
  private readonly listed = new vscode.EventEmitter<void>()
  private readonly changed = new vscode.EventEmitter<void>()
  private readonly progressed = new vscode.EventEmitter<AttachedRun>()
  private readonly connected = new vscode.EventEmitter<AttachedRun>()
  private readonly vanished = new vscode.EventEmitter<AttachedRun>()
  private readonly attached = new Map<string, AttachedRun>()
  private readonly watchers: vscode.Disposable[] = []
  private known: readonly KnownRun[] = []
  private chosen: string | undefined
  private refreshing: Promise<void> | undefined
  private stale = false

  /** The disk was read; who lives is found out after. */
  readonly onDidList = this.listed.event
  /** The list, a state, or the run that is looked at has changed. */
  readonly onDidChange = this.changed.event
  /** Events of a run have come in. */
  readonly onDidProgress = this.progressed.event
  /** A trainer answers. */
  readonly onDidConnect = this.connected.event
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
    this.watchers.push(
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.refresh()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.connect()),
    )
  }

  /** The run that the timeline, the status bar and the commands mean: the chosen one, else a living one, else the newest. */
  get selected(): AttachedRun | undefined {
    return this.chosen === undefined ? undefined : this.attached.get(this.chosen)
  }

  get isEmpty(): boolean {
    return this.known.length === 0
  }

  /**
   * The run that a command means: that of the entry that was clicked, of the id it was called with, or of the schedule
   * file (the one that lives, else the newest), else the one that is looked at. Throws HumanError where there is none.
   */
  async target(argument?: unknown): Promise<AttachedRun> {
    const id = argument instanceof vscode.Uri ? this.ofSchedule(argument.fsPath) : idOf(argument)
    if (id === undefined) {
      if (this.selected) return this.selected
      throw new HumanError(vscode.l10n.t('There is no run yet. Start one with "Multigrid: Start Training".'))
    }
    const run = this.find(argument)
    if (run) await this.attach(run)
    const attached = run && this.attached.get(run.folder)
    if (!attached) throw new HumanError(vscode.l10n.t('There is no run "{0}" in this workspace.', id))
    return attached
  }

  /** The run that an argument of a command names; by its folder where that is known, since two folders may have one id. */
  find(argument: unknown): KnownRun | undefined {
    const folder = textOf(argument, 'folder')
    const id = idOf(argument)
    return this.known.find((run) =>
      folder === undefined ? run.record.id === id : run.folder === folder && run.record.id === id,
    )
  }

  get all(): readonly KnownRun[] {
    return this.known
  }

  /** Those that a trainer answers for, newest first. */
  live(): AttachedRun[] {
    return this.known.flatMap(({ folder }) => {
      const run = this.attached.get(folder)
      return run?.isLive ? [run] : []
    })
  }

  /** Runs of a schedule file that a trainer is at, newest first. */
  liveOf(schedule: string): AttachedRun[] {
    return this.live().filter((run) => scheduleOf(run) === schedule)
  }

  /** The run as it is followed; undefined where only its record was read. */
  followed(folder: string): AttachedRun | undefined {
    return this.attached.get(folder)
  }

  /** What lists say of a run. */
  facts(run: KnownRun): RunFacts {
    const attached = this.attached.get(run.folder)
    return attached
      ? runFacts({ folder: run.folder, record: attached.record }, attached.history)
      : runFacts(run)
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

  async select(argument: unknown): Promise<void> {
    const run = this.find(argument)
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

  /** A run whose folder was deleted: what was looked at is then the next one. */
  async forget(folder: string): Promise<void> {
    const at = this.known.findIndex((run) => run.folder === folder)
    this.known = this.known.filter((run) => run.folder !== folder)
    this.letGo(folder)
    if (this.chosen === folder) {
      const next = this.known[Math.min(Math.max(0, at), this.known.length - 1)]
      this.chosen = next?.folder
      if (next) await this.attach(next)
    }
    this.listed.fire()
    this.changed.fire()
  }

  dispose(): void {
    for (const run of this.attached.values()) run.dispose()
    for (const part of [
      ...this.watchers,
      this.listed,
      this.changed,
      this.progressed,
      this.connected,
      this.vanished,
    ])
      part.dispose()
  }

  private async read(): Promise<void> {
    const schedules = vscode.workspace.findFiles(schedulePattern, notSchedules, mostSchedules)
    // Where runs were before they are again: nobody waits for the search for schedules to see them.
    const places = this.places()
    this.list(places)
    this.schedules = await schedules
    const now = this.places()
    if (now.join('\n') !== places.join('\n')) this.list(now)
    for (const folder of this.attached.keys())
      if (!this.known.some((run) => run.folder === folder)) this.letGo(folder)
    const attaching = Promise.all(this.known.filter((run) => !hasEnded(run)).map((run) => this.attach(run)))
    // One whose trainer is slow to answer keeps nobody else waiting.
    await Promise.race([attaching, delay(patienceMs)])
    if (this.chosen === undefined || !this.known.some(({ folder }) => folder === this.chosen)) {
      const first = this.known.find(({ folder }) => this.attached.get(folder)?.isLive) ?? this.known[0]
      this.chosen = first?.folder
      if (first) await this.attach(first)
    }
    this.changed.fire()
  }

  /** Folders that may have runs: those of the workspace, and those of its schedules. */
  private places(): string[] {
    return [
      ...new Set([
        ...(vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
        ...this.schedules.map((uri) => path.dirname(uri.fsPath)),
      ]),
    ].sort()
  }

  private list(places: readonly string[]): void {
    this.known = places
      .flatMap((place) => listRuns(place))
      .sort((a, b) => b.record.created.localeCompare(a.record.created))
    this.listed.fire()
  }

  private async attach(run: KnownRun): Promise<void> {
    if (this.attached.has(run.folder)) return
    try {
      const attached = this.follow(run)
      // A record names the port and the process: those of a folder that is not trusted are left alone.
      if (vscode.workspace.isTrusted) await attached.open()
      else await attached.read()
    } catch (error) {
      this.log.error(`run ${run.record.id}: ${(error as Error).message}`)
    }
  }

  /** Now that the workspace is trusted. */
  private async connect(): Promise<void> {
    for (const run of this.attached.values()) if (!run.isLive) await run.open()
    this.changed.fire()
  }

  private letGo(folder: string): void {
    this.attached.get(folder)?.dispose()
    this.attached.delete(folder)
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
    attached.on('connected', () => this.connected.fire(attached))
    attached.on('event', (event) => {
      if (event.type === 'problem') this.log.warn(`${attached.record.id}: ${event.message}`)
    })
    this.attached.set(run.folder, attached)
    return attached
  }

  private ofSchedule(schedule: string): string | undefined {
    const run = this.liveOf(schedule)[0] ?? this.known.find((run) => scheduleOf(run) === schedule)
    return run?.record.id
  }

  private stateOf(folder: string): RunPhase | undefined {
    return this.attached.get(folder)?.history.current.state
  }
}

/** A command is called with an id by a task or a keybinding, and with what was clicked by a menu. */
function idOf(argument: unknown): string | undefined {
  return typeof argument === 'string' ? argument : textOf(argument, 'runId')
}

function textOf(argument: unknown, key: string): string | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined
  const value = (argument as Readonly<Record<string, unknown>>)[key]
  return typeof value === 'string' ? value : undefined
}
