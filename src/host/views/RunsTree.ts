import path from 'node:path'
import * as vscode from 'vscode'
import { describeRun, runDetails } from '../../run/describeRun'
import { folderMiB } from '../../run/folderMiB'
import { matchesFilter } from '../../run/matchesFilter'
import type { RunFacts } from '../../run/runFacts'
import type { KnownRun } from '../../run/runFolders'
import { runFiles } from '../../protocol/runRecord'
import type { RunPhase } from '../../protocol/view'
import type { Runs } from '../Runs'

const listEveryMs = 250
const progressEveryMs = 1000

/** `runId` and `folder` are what commands find the run by. */
export interface RunNode {
  readonly runId: string
  readonly folder: string
}

/** A workspace folder that has runs, where several have. */
export interface PlaceNode {
  readonly place: vscode.WorkspaceFolder
  readonly runs: readonly RunNode[]
}

export type TreeNode = RunNode | PlaceNode

interface Look {
  readonly icon: string
  readonly colour: string
  /** Which commands its menu has. */
  readonly context: 'starting' | 'running' | 'held' | 'busy' | 'ended' | 'finished'
}

const quiet = 'descriptionForeground'
const looks: Readonly<Record<RunPhase, Look>> = {
  connecting: { icon: 'sync~spin', colour: quiet, context: 'busy' },
  elsewhere: { icon: 'remote', colour: 'charts.green', context: 'busy' },
  starting: { icon: 'loading~spin', colour: 'charts.blue', context: 'starting' },
  running: { icon: 'pulse', colour: 'charts.green', context: 'running' },
  holding: { icon: 'debug-pause', colour: 'charts.yellow', context: 'busy' },
  held: { icon: 'debug-pause', colour: 'charts.yellow', context: 'held' },
  releasing: { icon: 'debug-disconnect', colour: 'charts.yellow', context: 'busy' },
  released: { icon: 'debug-disconnect', colour: 'charts.yellow', context: 'ended' },
  stopping: { icon: 'debug-stop', colour: quiet, context: 'busy' },
  stopped: { icon: 'debug-stop', colour: quiet, context: 'ended' },
  finished: { icon: 'pass', colour: 'charts.green', context: 'finished' },
  failed: { icon: 'error', colour: 'charts.red', context: 'ended' },
  gone: { icon: 'warning', colour: 'charts.orange', context: 'ended' },
}

/** The list of runs: a new list redraws all of it, a run's news only its own line, at most once a second. */
export class RunsTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  static readonly id = 'multigrid.runs'

  private readonly drawn = new vscode.EventEmitter<TreeNode | undefined>()
  readonly onDidChangeTreeData = this.drawn.event

  private readonly view: vscode.TreeView<TreeNode>
  private readonly subscriptions: readonly { dispose(): unknown }[]
  /** The view knows a line by its node, which stays the same while its record is read again. */
  private readonly nodes = new Map<string, RunNode>()
  private readonly known = new Map<string, KnownRun>()
  private readonly lines = new Map<string, string>()
  private readonly news = new Set<string>()
  private roots: readonly TreeNode[] = []
  private order = ''
  private words = ''
  private revealed: string | undefined
  private listTimer: NodeJS.Timeout | undefined
  private newsTimer: NodeJS.Timeout | undefined

  constructor(private readonly runs: Runs) {
    this.view = vscode.window.createTreeView(RunsTree.id, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: false,
    })
    this.subscriptions = [
      this.view,
      this.drawn,
      runs.onDidList(() => this.list()),
      runs.onDidChange(() => this.listSoon()),
      runs.onDidProgress((run) => this.tell(run.folder)),
      this.view.onDidChangeVisibility(() => this.reveal()),
    ]
    this.list()
  }

  /** The runs that are marked in the list. */
  get selection(): readonly RunNode[] {
    return this.view.selection.filter((node) => 'runId' in node)
  }

  get filter(): string {
    return this.words
  }

  /** Shows only runs that have all of these words in their name, state, schedule or date; none shows all. */
  set filter(words: string) {
    this.words = words.trim()
    void vscode.commands.executeCommand('setContext', 'multigrid.runsFiltered', this.words !== '')
    this.list()
  }

  /** What is said above the list. */
  get message(): string | undefined {
    return this.view.message
  }

  getChildren(node?: TreeNode): TreeNode[] {
    if (!node) return [...this.roots]
    return 'place' in node ? [...node.runs] : []
  }

  getParent(node: TreeNode): TreeNode | undefined {
    if ('place' in node) return undefined
    return this.roots.find((root) => 'place' in root && root.runs.includes(node))
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return 'place' in node ? placeItem(node) : this.runItem(node)
  }

  /** The hover, with the size of the checkpoints, only of what is hovered. */
  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
    if ('place' in node) return item
    const size = await folderMiB(path.join(node.folder, runFiles.checkpoints))
    const facts = this.facts(node)
    if (facts) item.tooltip = tooltip(facts, size)
    return item
  }

  dispose(): void {
    clearTimeout(this.listTimer)
    clearTimeout(this.newsTimer)
    for (const part of this.subscriptions) part.dispose()
  }

  private listSoon(): void {
    this.listTimer ??= setTimeout(() => this.list(), listEveryMs)
  }

  private list(): void {
    clearTimeout(this.listTimer)
    this.listTimer = undefined
    const { all } = this.runs
    const shown =
      this.words === '' ? all : all.filter((run) => matchesFilter(this.runs.facts(run), this.words))
    this.say(shown.length)
    this.remember(shown)
    this.roots = grouped([...this.nodes.values()])
    const order = [...this.nodes.keys()].join('\n')
    // The same runs: what changed is a state, and their lines are drawn alone.
    if (order === this.order && order !== '') for (const { folder } of shown) this.redrawChanged(folder)
    else this.drawn.fire(undefined)
    this.order = order
    this.reveal()
  }

  private say(shown: number): void {
    const words = vscode.l10n.t('{0} of {1} runs match "{2}".', shown, this.runs.all.length, this.words)
    // Typed as a string, where undefined is what takes it away.
    Object.assign(this.view, { message: this.words === '' ? undefined : words })
  }

  private remember(shown: readonly KnownRun[]): void {
    const before = new Map(this.nodes)
    this.nodes.clear()
    this.known.clear()
    for (const run of shown) {
      const { folder } = run
      this.nodes.set(folder, before.get(folder) ?? { runId: run.record.id, folder })
      this.known.set(folder, run)
    }
    for (const folder of this.lines.keys()) if (!this.known.has(folder)) this.lines.delete(folder)
  }

  private facts({ folder }: RunNode): RunFacts | undefined {
    const run = this.known.get(folder)
    return run && this.runs.facts(run)
  }

  private redrawChanged(folder: string): void {
    const node = this.nodes.get(folder)
    const facts = node && this.facts(node)
    if (!node || !facts || this.lines.get(folder) === lineOf(facts)) return
    this.drawn.fire(node)
  }

  private runItem(node: RunNode): vscode.TreeItem {
    const facts = this.facts(node)
    if (!facts) return new vscode.TreeItem(node.runId)
    this.lines.set(node.folder, lineOf(facts))
    return runItem(node, facts)
  }

  private tell(folder: string): void {
    this.news.add(folder)
    this.newsTimer ??= setTimeout(() => {
      this.newsTimer = undefined
      const told = [...this.news]
      this.news.clear()
      if (this.view.visible) for (const one of told) this.redrawChanged(one)
    }, progressEveryMs)
  }

  /** Marks the run that the timeline shows, once for each choice: what is marked by hand after that stays. */
  private reveal(): void {
    const folder = this.runs.selected?.folder
    if (folder === undefined || folder === this.revealed || !this.view.visible) return
    const node = this.nodes.get(folder)
    if (!node) return
    this.revealed = folder
    if (this.view.selection.length === 1 && this.selection[0]?.folder === folder) return
    this.view.reveal(node, { select: true, focus: false }).then(undefined, () => undefined)
  }
}

/** By workspace folder, where runs of several are shown. */
function grouped(nodes: readonly RunNode[]): readonly TreeNode[] {
  const folders = vscode.workspace.workspaceFolders ?? []
  if (folders.length < 2) return nodes
  const places = folders.flatMap((place) => {
    const runs = nodes.filter(
      ({ folder }) => vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder))?.index === place.index,
    )
    return runs.length > 0 ? [{ place, runs }] : []
  })
  return places.length < 2 ? nodes : places
}

function placeItem({ place, runs }: PlaceNode): vscode.TreeItem {
  const item = new vscode.TreeItem(place.name, vscode.TreeItemCollapsibleState.Expanded)
  item.id = place.uri.toString()
  item.iconPath = vscode.ThemeIcon.Folder
  item.description = String(runs.length)
  item.contextValue = 'place'
  return item
}

function runItem(node: RunNode, facts: RunFacts): vscode.TreeItem {
  const { icon, colour, context } = looks[facts.state]
  const item = new vscode.TreeItem(facts.name)
  item.id = node.folder
  item.description = describeRun(facts)
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour))
  item.contextValue = `run.${context}`
  item.command = { command: 'multigrid.selectRun', title: vscode.l10n.t('Show Run'), arguments: [node] }
  item.accessibilityInformation = { label: `${facts.name}, ${describeRun(facts)}` }
  return item
}

/** What is drawn of a run; the icon follows from the state. */
const lineOf = (facts: RunFacts): string => `${facts.state} ${describeRun(facts)}`

function tooltip(facts: RunFacts, checkpointMiB: number): vscode.MarkdownString {
  const text = new vscode.MarkdownString()
  text.appendMarkdown('**').appendText(facts.name).appendMarkdown('**\n\n')
  for (const [label, value] of runDetails(facts, checkpointMiB > 0 ? checkpointMiB : undefined)) {
    text.appendMarkdown(`${label}: `).appendText(value.replace(/\s+/g, ' ')).appendMarkdown('  \n')
  }
  return text
}
