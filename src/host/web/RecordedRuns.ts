import * as vscode from 'vscode'
import { wirePlan } from '../../protocol/events'
import { mostRecordBytes, runFiles, runRecord, runsFolder } from '../../protocol/runRecord'
import type { RunRecord } from '../../protocol/runRecord'
import type { RunSummary } from '../../protocol/view'
import { EventLines } from '../../run/EventLines'
import { RunHistory } from '../../run/RunHistory'
import { mostSchedules, notSchedules, schedulePattern } from '../schedules'
import type { ShownRun, ShownRuns } from '../views/ShownRuns'

const mostPlanBytes = 1 << 20
/** A file of the web comes whole into memory. */
const mostEventBytes = 256 << 20

interface RecordedRun {
  readonly folder: vscode.Uri
  readonly record: RunRecord
}

/** Runs as their folders tell of them, read through the editor from any file system; nothing is followed or changed. */
export class RecordedRuns implements ShownRuns, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>()
  private readonly progressed = new vscode.EventEmitter<ShownRun>()
  private readonly watcher = vscode.workspace.createFileSystemWatcher(schedulePattern, false, true, false)
  private known: readonly RecordedRun[] = []
  private shown: (ShownRun & { readonly id: string }) | undefined

  readonly onDidChange = this.changed.event
  readonly onDidProgress = this.progressed.event

  schedules: readonly vscode.Uri[] = []

  constructor() {
    this.watcher.onDidCreate(() => void this.refresh())
    this.watcher.onDidDelete(() => void this.refresh())
  }

  get selected(): ShownRun | undefined {
    return this.shown
  }

  summaries(): RunSummary[] {
    return this.known.map(({ record: { id, name, state, created } }) => ({ id, name, state, created }))
  }

  /** Reads what is there anew, and shows the newest run unless another is looked at. */
  async refresh(): Promise<void> {
    this.schedules = await vscode.workspace.findFiles(schedulePattern, notSchedules, mostSchedules)
    const places = new Map(
      [
        ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri),
        ...this.schedules.map((uri) => vscode.Uri.joinPath(uri, '..')),
      ].map((uri) => [uri.toString(), uri]),
    )
    const runs = await Promise.all([...places.values()].map(runsIn))
    this.known = runs.flat().sort((a, b) => b.record.created.localeCompare(a.record.created))
    if (this.shown === undefined && this.known[0]) await this.select(this.known[0].record.id)
    else this.changed.fire()
  }

  async select(id: string): Promise<void> {
    const run = this.known.find(({ record }) => record.id === id)
    if (!run) return
    this.shown = { id, history: await historyOf(run) }
    this.changed.fire()
  }

  dispose(): void {
    for (const part of [this.watcher, this.changed, this.progressed]) part.dispose()
  }
}

async function runsIn(place: vscode.Uri): Promise<RecordedRun[]> {
  const parent = vscode.Uri.joinPath(place, runsFolder)
  const entries = await vscode.workspace.fs.readDirectory(parent).then(
    (found) => found,
    () => [],
  )
  // Not links, which have another bit set besides.
  const folders = entries.filter(([, type]) => type === vscode.FileType.Directory)
  const runs = await Promise.all(folders.map(([name]) => readRun(vscode.Uri.joinPath(parent, name), name)))
  return runs.filter((run) => run !== undefined)
}

async function readRun(folder: vscode.Uri, name: string): Promise<RecordedRun | undefined> {
  const { data } = runRecord.safeParse(await readJson(folder, runFiles.record, mostRecordBytes))
  return data?.id === name ? { folder, record: data } : undefined
}

async function historyOf({ folder, record }: RecordedRun): Promise<RunHistory> {
  const history = new RunHistory(record.id, record.name)
  const lines = new EventLines()
  const bytes = await readFile(folder, runFiles.events, mostEventBytes)
  if (bytes) for (const event of [...lines.push(bytes), ...lines.end()]) history.push(event)
  if (!history.current.plan) {
    const { data: plan } = wirePlan.safeParse(await readJson(folder, runFiles.plan, mostPlanBytes))
    const seq = history.seq + 1
    if (plan) history.push({ seq, time: 0, type: 'plan', plan, iterations: 0, rates: [], changes: [] })
  }
  history.setState(record.state, vscode.l10n.t('{0} (as it was recorded)', record.reason))
  return history
}

async function readJson(folder: vscode.Uri, name: string, mostBytes: number): Promise<unknown> {
  const bytes = await readFile(folder, name, mostBytes)
  try {
    return bytes && JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

/** Undefined where there is no such file, where it is a link, and where it is larger. */
async function readFile(
  folder: vscode.Uri,
  name: string,
  mostBytes: number,
): Promise<Uint8Array | undefined> {
  const file = vscode.Uri.joinPath(folder, name)
  try {
    const { type, size } = await vscode.workspace.fs.stat(file)
    if (type !== vscode.FileType.File || size > mostBytes) return undefined
    return await vscode.workspace.fs.readFile(file)
  } catch {
    return undefined
  }
}
