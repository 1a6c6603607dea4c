import * as vscode from 'vscode'
import { HumanError } from '../HumanError'
import { dateWords, describeRun } from '../run/describeRun'
import type { KnownRun } from '../run/runFolders'
import { deleteRuns, discardRun } from './deleteRuns'
import type { Action } from './registerCommands'
import type { Runs } from './Runs'
import type { Comparisons } from './views/Comparisons'
import type { RunsTree } from './views/RunsTree'

type Actions = Record<
  | 'selectRun'
  | 'filterRuns'
  | 'clearRunsFilter'
  | 'deleteRun'
  | 'discardRun'
  | 'compareRuns'
  | 'revealRun'
  | 'revealRunInOS'
  | 'copyRunId',
  Action
>

export interface RunActionParts {
  readonly runs: Runs
  readonly tree: RunsTree
  readonly comparisons: Comparisons
}

/** The commands of the list of runs, by their names. */
export function runActions({ runs, tree, comparisons }: RunActionParts): Actions {
  return {
    selectRun: (argument) => runs.select(argument),
    filterRuns: () => filterRuns(tree),
    clearRunsFilter: () => {
      tree.filter = ''
      return Promise.resolve()
    },
    deleteRun: async (argument, selection) => {
      const chosen =
        named(runs, tree, argument, selection) ?? (await pick(runs, vscode.l10n.t('Runs to delete')))
      if (chosen && chosen.length > 0) await deleteRuns(runs, chosen)
    },
    discardRun: async (argument) => discardRun(runs, await one(runs, argument)),
    compareRuns: async (argument, selection) => {
      const given = named(runs, tree, argument, selection)
      const chosen =
        given && given.length > 1
          ? given
          : await pick(runs, vscode.l10n.t('Two or more runs to compare'), given)
      if (!chosen) return
      if (chosen.length < 2) throw new HumanError(vscode.l10n.t('Choose two or more runs to compare.'))
      comparisons.show(chosen)
    },
    revealRun: async (argument) =>
      vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file((await one(runs, argument)).folder)),
    revealRunInOS: async (argument) =>
      vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file((await one(runs, argument)).folder)),
    copyRunId: async (argument) => vscode.env.clipboard.writeText((await one(runs, argument)).record.id),
  }
}

async function one(runs: Runs, argument: unknown): Promise<KnownRun> {
  const { folder, record } = await runs.target(argument)
  return { folder, record }
}

/** The runs that a command was called on: all that are marked where one of them was clicked. Undefined where it was called on none. */
function named(runs: Runs, tree: RunsTree, argument: unknown, selection: unknown): KnownRun[] | undefined {
  // A key pressed in the list means what is marked there.
  const clicked = isMarked(argument) ? tree.selection : Array.isArray(selection) ? selection : [argument]
  if (argument === undefined) return undefined
  return clicked.flatMap((node: unknown) => runs.find(node) ?? [])
}

const isMarked = (argument: unknown): boolean =>
  typeof argument === 'object' && argument !== null && 'marked' in argument

async function pick(
  runs: Runs,
  placeHolder: string,
  marked: readonly KnownRun[] = [],
): Promise<KnownRun[] | undefined> {
  if (runs.all.length === 0)
    throw new HumanError(vscode.l10n.t('There is no run yet. Start one with "Multigrid: Start Training".'))
  const items = runs.all.map((run) => {
    const facts = runs.facts(run)
    const picked = marked.some(({ folder }) => folder === run.folder)
    return {
      label: facts.name,
      description: describeRun(facts),
      detail: dateWords(facts.created),
      picked,
      run,
    }
  })
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder,
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  })
  return chosen?.map(({ run }) => run)
}

/** Filters while one types; Escape goes back to what was shown before. */
async function filterRuns(tree: RunsTree): Promise<void> {
  const before = tree.filter
  const input = vscode.window.createInputBox()
  input.placeholder = vscode.l10n.t('Name, state, schedule or date: "failed november", "motion 2026-11-26"')
  input.prompt = vscode.l10n.t('Shows the runs that have all of these words. Empty shows all.')
  input.value = before
  let accepted = false
  input.onDidChangeValue((words) => (tree.filter = words))
  input.onDidAccept(() => {
    accepted = true
    input.hide()
  })
  await new Promise<void>((resolve) => {
    input.onDidHide(() => resolve())
    input.show()
  })
  input.dispose()
  if (!(accepted as boolean)) tree.filter = before
}
