import * as assert from 'node:assert/strict'
import { cpSync, existsSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as vscode from 'vscode'
import type { ExtensionParts } from '../../../src/extension'
import type { RunNode } from '../../../src/host/views/RunsTree'
import type { KnownRun } from '../../../src/run/runFolders'
import { recordRun } from '../../run/recordedRun'
import { extensionUnderTest } from '../extensionUnderTest'
import { FakeTrainer } from './FakeTrainer'

describe('the list of runs', () => {
  let parts: ExtensionParts
  let folder: string
  const trainers: FakeTrainer[] = []
  const undo: (() => void)[] = []

  before(async () => {
    const found = vscode.extensions.all.find(({ extensionPath }) => extensionPath === extensionUnderTest)
    parts = (await found!.activate()) as ExtensionParts
    folder = vscode.workspace.workspaceFolders![0]!.uri.fsPath
  })
  afterEach(async () => {
    for (const back of undo.splice(0).reverse()) back()
    for (const trainer of trainers.splice(0)) trainer.kill()
    await vscode.commands.executeCommand('multigrid.clearRunsFilter')
    rmSync(path.join(folder, '.multigrid'), { recursive: true, force: true, maxRetries: 3 })
    await parts.runs.refresh()
  })

  const nodes = (): RunNode[] => parts.runsTree.getChildren() as RunNode[]
  const items = () => nodes().map((node) => parts.runsTree.getTreeItem(node))
  const node = (run: KnownRun): RunNode => nodes().find((one) => one.folder === run.folder)!
  const item = (run: KnownRun) => parts.runsTree.getTreeItem(node(run))

  async function live(run: KnownRun): Promise<FakeTrainer> {
    const trainer = await FakeTrainer.start(run)
    trainers.push(trainer)
    await parts.runs.refresh()
    await until(() => parts.runs.followed(run.folder)?.isLive === true)
    return trainer
  }

  /** Answers modal questions in their order; what was asked comes back. */
  function answers(...given: (string | undefined)[]): { asked: string[]; told: string[] } {
    const seen = { asked: [] as string[], told: [] as string[] }
    const { showWarningMessage, showErrorMessage } = vscode.window
    Object.assign(vscode.window, {
      showWarningMessage: (message: string, options: vscode.MessageOptions) => {
        assert.equal(options.modal, true)
        seen.asked.push(`${message} ${options.detail ?? ''}`)
        return Promise.resolve(given.shift())
      },
      showErrorMessage: (message: string) => {
        seen.told.push(message)
        return Promise.resolve(undefined)
      },
    })
    undo.push(() => void Object.assign(vscode.window, { showWarningMessage, showErrorMessage }))
    return seen
  }

  it('has a line for each run, newest first, with its state in words, icon and menu', async () => {
    const at = (minute: number) => new Date(2026, 0, 1, 12, minute)
    const done = recordRun({ folder, name: 'done', state: 'finished', created: at(1) })
    const broken = recordRun({ folder, name: 'broken', state: 'failed', steps: 50, created: at(2) })
    await parts.runs.refresh()
    assert.deepEqual(
      items().map(({ label, description, contextValue, id }) => [label, description, contextValue, id]),
      [
        ['broken', 'failed · epoch 0.5/60 · 2 min · tfjs-node', 'run.ended', broken.folder],
        ['done', 'finished · top-1 66.7 % · 14 min · tfjs-node', 'run.finished', done.folder],
      ],
    )
    assert.equal((item(broken).iconPath as vscode.ThemeIcon).color?.id, 'charts.red')
    const { tooltip } = await parts.runsTree.resolveTreeItem(item(done), node(done))
    const words = (tooltip as vscode.MarkdownString).value.replaceAll('&nbsp;', ' ').replaceAll('\\', '')
    for (const part of ['done.multigrid.json', 'AMD EPYC', '400 of 6,000', 'finished by a test'])
      assert.ok(words.includes(part), `${part} in ${words}`)
  })

  it('shows what is clicked, and draws only the line of the run that trains', async () => {
    const old = recordRun({ folder, name: 'old', created: new Date(2026, 0, 1) })
    const run = recordRun({ folder, name: 'new', created: new Date(2026, 0, 2) })
    const trainer = await live(run)
    assert.equal(item(run).contextValue, 'run.running')
    const { command, arguments: given = [] } = item(old).command!
    await vscode.commands.executeCommand(command, ...(given as unknown[]))
    assert.equal(parts.runs.selected?.folder, old.folder)
    await vscode.commands.executeCommand('multigrid.runs.focus')
    await delay(1500)
    const drawn: unknown[] = []
    const watch = parts.runsTree.onDidChangeTreeData((one) => drawn.push(one))
    undo.push(() => void watch.dispose())
    const began = Date.now()
    for (let iteration = 400; iteration < 425; iteration++) {
      trainer.step(iteration)
      await delay(100)
    }
    await until(() => drawn.length > 0)
    assert.ok(drawn.length <= 1 + (Date.now() - began) / 1000, `${drawn.length} times`)
    for (const one of drawn) assert.equal(one, node(run))
    assert.match(String(item(run).description), /^running · epoch 4\.\d\/60 · top-1 66\.7 % · 2 h left$/)
  })

  it('lists a thousand runs at once without their event logs', async () => {
    const first = recordRun({ folder, name: 'many', steps: 2000, state: 'finished' })
    for (let index = 1; index < 1000; index++) {
      const id = `20250101-000000-many-${index}`
      const copy = path.join(path.dirname(first.folder), id)
      cpSync(first.folder, copy, { recursive: true })
      const created = new Date(2025, 0, 1, 0, 0, index).toISOString()
      writeFileSync(path.join(copy, 'run.json'), JSON.stringify({ ...first.record, id, created }))
    }
    // What the watcher of files has to say of them is over.
    await delay(1000)
    await parts.runs.refresh()
    const took: number[] = []
    for (let round = 0; round < 5; round++) {
      const began = performance.now()
      const listed = new Promise<void>((resolve) => parts.runs.onDidList(() => resolve()))
      const refreshed = parts.runs.refresh()
      await listed
      const all = items()
      took.push(performance.now() - began)
      assert.equal(all.length, 1000)
      assert.equal(all[999]!.description, 'finished · top-1 90.9 % · 1 h 10 min · tfjs-node')
      await refreshed
    }
    took.sort((a, b) => a - b)
    console.log(`[host test] listing 1,000 runs took ${took.map((ms) => ms.toFixed(0)).join(', ')} ms`)
    assert.ok(took[2]! < 2000, `${took[2]} ms`)
    const followed = parts.runs.all.filter((run) => parts.runs.followed(run.folder))
    assert.equal(followed.length, 1)
  }).timeout(60_000)

  it('is filtered by words, says so, and shows all again', async () => {
    recordRun({ folder, name: 'good', state: 'finished' })
    const bad = recordRun({ folder, name: 'bad', state: 'failed' })
    await parts.runs.refresh()
    parts.runsTree.filter = 'failed bad.multigrid'
    assert.deepEqual(
      nodes().map(({ runId }) => runId),
      [bad.record.id],
    )
    assert.equal(parts.runsTree.message, '1 of 2 runs match "failed bad.multigrid".')
    await vscode.commands.executeCommand('multigrid.clearRunsFilter')
    assert.equal(nodes().length, 2)
    assert.equal(parts.runsTree.message, undefined)
  })

  it('deletes a run when asked to, and looks at the next one', async () => {
    const gone = recordRun({ folder, name: 'gone', created: new Date(2026, 0, 2) })
    const left = recordRun({ folder, name: 'left', created: new Date(2026, 0, 1) })
    await parts.runs.refresh()
    await parts.runs.select(gone.record.id)
    answers(undefined)
    await vscode.commands.executeCommand('multigrid.deleteRun', node(gone))
    assert.ok(existsSync(gone.folder))

    // This editor has no trash: nothing goes before a second question is answered.
    const declined = answers('Move to Trash', undefined)
    await vscode.commands.executeCommand('multigrid.deleteRun', node(gone))
    assert.equal(declined.asked.length, 2)
    assert.match(declined.asked[0]!, /^Delete the run "gone" \(.*-gone\)\? less than 1 MiB: /)
    assert.match(declined.asked[1]!, /^"gone" cannot be moved to the trash\. Delete it permanently\?/)
    assert.ok(existsSync(gone.folder))

    answers('Move to Trash', 'Delete Permanently')
    await vscode.commands.executeCommand('multigrid.deleteRun', node(gone))
    assert.ok(!existsSync(gone.folder))
    assert.deepEqual(
      nodes().map(({ runId }) => runId),
      [left.record.id],
    )
    assert.equal(parts.runs.selected?.folder, left.folder)
    assert.equal(parts.runs.followed(gone.folder), undefined)
  })

  it('deletes all that are marked after one question', async () => {
    const runs = ['a', 'b', 'c'].map((name) => recordRun({ folder, name, steps: 10 }))
    await parts.runs.refresh()
    const marked = runs.slice(0, 2).map(node)
    const { asked } = answers('Move to Trash', ...marked.map(() => 'Delete Permanently'))
    await vscode.commands.executeCommand('multigrid.deleteRun', marked[0], marked)
    assert.match(asked[0]!, /^Delete 2 runs: "a" .*, "b" /)
    assert.deepEqual(
      runs.map((run) => existsSync(run.folder)),
      [false, false, true],
    )
  })

  it('never deletes what a link leads to', async () => {
    const run = recordRun({ folder, name: 'linked', steps: 10 })
    const elsewhere = `${folder}-elsewhere`
    undo.push(() => rmSync(elsewhere, { recursive: true }))
    await parts.runs.refresh()
    // Once it was listed: a link that is there before is no run at all.
    renameSync(run.folder, elsewhere)
    symlinkSync(elsewhere, run.folder)
    const { asked, told } = answers('Move to Trash', 'Delete Permanently')
    await vscode.commands.executeCommand('multigrid.deleteRun', node(run))
    assert.deepEqual(asked, [])
    assert.match(told[0]!, /is not deleted: it is not a folder of its own\.$|^There is no run/)
    assert.ok(existsSync(path.join(elsewhere, 'run.json')))
  })

  it('does not delete a run that trains, and offers to stop it', async () => {
    const run = recordRun({ folder, name: 'busy', steps: 10 })
    const trainer = await live(run)
    const declined = answers(undefined)
    await vscode.commands.executeCommand('multigrid.deleteRun', node(run))
    assert.match(declined.asked[0]!, /^"busy" .* is training and is not deleted\./)
    assert.deepEqual(trainer.stops, [])
    answers('Stop')
    await vscode.commands.executeCommand('multigrid.deleteRun', node(run))
    assert.deepEqual(trainer.stops, [{ checkpoint: true }])
    assert.ok(existsSync(run.folder))
  })

  it('discards a run that trains: stops it without a checkpoint, then deletes it', async () => {
    const run = recordRun({ folder, name: 'wrong', steps: 10 })
    const trainer = await live(run)
    const { asked, told } = answers('Discard', 'Delete Permanently')
    await vscode.commands.executeCommand('multigrid.discardRun', node(run))
    assert.deepEqual(told, [])
    assert.match(asked[0]!, /^Discard "wrong"\? Training stops at once without a checkpoint/)
    assert.deepEqual(trainer.stops, [{ checkpoint: false }])
    assert.ok(!existsSync(run.folder))
    assert.deepEqual(nodes(), [])
  })

  it('opens a tab that compares the runs that are marked, and attaches to none', async () => {
    const runs = ['a', 'b', 'c'].map((name) => recordRun({ folder, name }))
    await parts.runs.refresh()
    const marked = runs.map(node)
    await vscode.commands.executeCommand('multigrid.compareRuns', marked[0], marked)
    await until(() => tabs().includes('Compare 3 Runs'))
    // The list itself follows the run that is looked at, sooner or later.
    assert.ok(runs.filter((run) => parts.runs.followed(run.folder)).length <= 1)
    const many = Array.from({ length: 13 }, () => marked[0])
    const { told } = answers()
    await vscode.commands.executeCommand('multigrid.compareRuns', marked[0], many)
    assert.match(told[0]!, /^13 runs are too many to tell apart/)
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
  })

  it('copies the id of a run', async () => {
    const run = recordRun({ folder, name: 'a', steps: 10 })
    await parts.runs.refresh()
    await vscode.commands.executeCommand('multigrid.copyRunId', node(run))
    assert.equal(await vscode.env.clipboard.readText(), run.record.id)
  })
})

const tabs = (): string[] =>
  vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label))

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 50) {
    if (waited > 10_000) throw new Error(`still not: ${String(holds)}`)
    await delay(50)
  }
}
