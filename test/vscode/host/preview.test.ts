import * as assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as vscode from 'vscode'
import type { ExtensionParts } from '../../../src/extension'
import type { RunView } from '../../../src/protocol/view'
import { extensionUnderTest } from '../extensionUnderTest'

describe('the preview beside a schedule', () => {
  let folder: string
  let schedule: vscode.Uri
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'preview-'))
    schedule = vscode.Uri.file(path.join(folder, 'mine.multigrid.json'))
    mkdirSync(path.join(folder, 'clips'))
    writeFileSync(schedule.fsPath, '{ "data": { "train": "clips" } }')
  })
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    rmSync(folder, { recursive: true, force: true })
  })

  const previews = () =>
    vscode.window.tabGroups.all.flatMap(({ viewColumn, tabs }) =>
      tabs.flatMap(({ input, label }) =>
        input instanceof vscode.TabInputWebview && input.viewType.endsWith('multigrid.preview')
          ? [{ viewColumn, label }]
          : [],
      ),
    )

  async function shown(): Promise<ReturnType<typeof previews>> {
    for (let waited = 0; previews().length === 0 && waited < 10_000; waited += 50)
      await new Promise((resolve) => setTimeout(resolve, 50))
    return previews()
  }

  it('opens beside the file, once, and leaves the hand in the text', async () => {
    await vscode.window.showTextDocument(schedule)
    await vscode.commands.executeCommand('multigrid.preview')
    await vscode.commands.executeCommand('multigrid.preview', schedule)
    assert.deepEqual(await shown(), [
      { viewColumn: vscode.ViewColumn.Two, label: 'Preview mine.multigrid.json' },
    ])
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, schedule.fsPath)
  })

  const parts = async (): Promise<ExtensionParts> =>
    (await vscode.extensions.all
      .find(({ extensionPath }) => extensionPath === extensionUnderTest)!
      .activate()) as ExtensionParts

  async function drawn(is: (run: RunView) => boolean): Promise<RunView> {
    const { previews } = await parts()
    for (let waited = 0; waited < 10_000; waited += 20) {
      const run = previews.drawn(schedule)
      if (run && is(run)) return run
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    assert.fail(`still drawn: ${JSON.stringify(previews.drawn(schedule)).slice(0, 300)}`)
  }

  async function write(text: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(schedule)
    const edit = new vscode.WorkspaceEdit()
    edit.replace(schedule, new vscode.Range(0, 0, document.lineCount, 0), text)
    await vscode.workspace.applyEdit(edit)
  }

  it('follows what is typed, and keeps the last plan while the text is faulty', async () => {
    assert.equal((await drawn(({ plan }) => plan !== undefined)).reason, '')
    await write('{ "data": { "train": "clips" }, "train": { "epochs": 40 } }')
    const { workSaved } = await drawn(({ plan }) => plan?.epochs === 60)
    assert.ok(workSaved! > 1, String(workSaved))
    await write('{ "data": { "train": "clips" }, "train": { "epochs": 4')
    const faulty = await drawn(({ reason }) => reason !== '')
    assert.match(faulty.reason, /^Line 1: /)
    assert.equal(faulty.plan?.epochs, 60)
    await write('{ "data": { "train": "clips" }, "train": { "epochs": 80 } }')
    assert.equal((await drawn(({ plan }) => plan?.epochs === 120)).reason, '')
  })

  it('comes back after a reload for a schedule, and for nothing else', async () => {
    const { previews } = await parts()
    const restored = async (state: unknown): Promise<boolean> => {
      const panel = vscode.window.createWebviewPanel('multigrid.preview', '', vscode.ViewColumn.Two)
      const closed: unknown[] = []
      panel.onDidDispose(() => closed.push(state))
      await previews.deserializeWebviewPanel(panel, state)
      if (closed.length > 0) return false
      panel.dispose()
      return true
    }
    const other = vscode.Uri.file(path.join(folder, 'other.multigrid.json'))
    assert.equal(await restored({ keep: other.toString() }), true)
    for (const state of [
      undefined,
      null,
      'x',
      { keep: 7 },
      { keep: 'not an address' },
      { keep: vscode.Uri.file('/etc/passwd').toString() },
      { keep: 'https://example.org/a.multigrid.json' },
      { keep: schedule.toString() }, // it is open already
    ])
      assert.equal(await restored(state), false, JSON.stringify(state))
  })
})
