import * as assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as vscode from 'vscode'
import { extensionUnderTest } from '../extensionUnderTest'
import { until } from '../until'

/** One problem of each finder: a key, and settings that are doubtful together. */
const text = `{
  "data": { "train": "clips" }, // where they lie
  "train": { "batch": 8, "epochs": 60, "steps": [0, 30, 45, 54], "learningRate": 0.1, "bacth": 2 },
  "multigrid": { "epochFactor": 1.5, "longCycleFactors": [[0.25, 0.7071], [1, 1]] }
}
`

const fine = text.replace('0.1, "bacth": 2', '0.0125')

describe('a schedule file in the text editor', () => {
  let folder: string
  let uri: vscode.Uri
  let document: vscode.TextDocument

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'multigrid-language-'))
    uri = vscode.Uri.file(join(folder, 'a.multigrid.json'))
    await writeFile(uri.fsPath, text)
    document = await vscode.workspace.openTextDocument(uri)
    await vscode.window.showTextDocument(document)
  })

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor')
    await rm(folder, { recursive: true })
  })

  const ours = () => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'multigrid')
  const said = () => ours().map(({ message }) => message)
  const put = async (before: string, after: string): Promise<void> => {
    const at = document.getText().indexOf(before)
    const change = new vscode.WorkspaceEdit()
    const range = new vscode.Range(document.positionAt(at), document.positionAt(at + before.length))
    change.replace(uri, range, after)
    assert.ok(await vscode.workspace.applyEdit(change))
  }
  const say = (all: string): Promise<void> => put(document.getText(), all)
  const actionsAt = async (word: string): Promise<vscode.CodeAction[]> => {
    const at = document.positionAt(document.getText().indexOf(word))
    return vscode.commands.executeCommand('vscode.executeCodeActionProvider', uri, new vscode.Range(at, at))
  }

  it('wakes the extension up', async () => {
    const extension = vscode.extensions.all.find(({ extensionPath }) => extensionPath === extensionUnderTest)!
    await holds('activation', () => extension.isActive)
  })

  it('has its problems underlined, and mended by a quick fix, as it is typed', async () => {
    await holds('problem', () => said().length === 1)
    assert.match(said()[0]!, /^train\.bacth is not a key; did you mean "batch"\?$/)
    assert.equal(document.getText(ours()[0]!.range), '"bacth"')

    await put(', "bacth": 2', '')
    await holds('remark', () => said().some((message) => message.startsWith('train.learningRate is 8 times')))
    assert.equal(document.getText(ours()[0]!.range), '0.1')
    const fix = (await actionsAt('0.1')).find(({ title }) => title === 'Change train.learningRate to 0.0125')
    assert.ok(fix?.edit)
    assert.ok(await vscode.workspace.applyEdit(fix.edit))
    assert.equal(document.getText(), fine)
    await holds('end of the remark', () => said().length === 0)
  })

  it('is told once what VS Code finds by the JSON Schema, and is mended there too', async () => {
    await say(fine.replace('"batch": 8', '"batch": "8"'))
    await holds('word of the schema', () => vscode.languages.getDiagnostics(uri).length > 0)
    assert.deepEqual(said(), [])
    const fix = (await actionsAt('"8"')).find(({ title }) => title === 'Change to 8')
    assert.ok(fix?.edit)
    assert.ok(await vscode.workspace.applyEdit(fix.edit))
    assert.ok(document.getText().includes('"batch": 8,'))
  })

  it('has lenses over its cycles', async () => {
    await say(fine)
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      uri,
    )
    const shown = lenses.map(({ command, range }) => [
      range.start.line,
      command?.title,
      command?.command,
      String(command?.arguments?.[0]),
    ])
    assert.deepEqual(shown, [
      [3, '$(play) Start', 'multigrid.start', uri.toString()],
      [3, 'Preview', 'multigrid.preview', uri.toString()],
      [3, 'What if…', 'multigrid.whatIf', uri.toString()],
    ])
  })

  it('has the shapes beside the factors', async () => {
    await say(fine)
    const whole = new vscode.Range(0, 0, document.lineCount, 0)
    const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
      'vscode.executeInlayHintProvider',
      uri,
      whole,
    )
    const beside = hints.map(({ position, label }) => {
      const before = new vscode.Range(position.line, 0, position.line, position.character)
      return `${document.getText(before).slice(-6)} ${typeof label === 'string' ? label : ''}`
    })
    assert.ok(beside.includes('.7071] 64 × 4 × 79², rate 0.1'), beside.join('\n'))
    assert.ok(beside.includes('[1, 1] 8 × 16 × 112², rate 0.0125'), beside.join('\n'))
  })

  it('is compared with what it could be, and changed when asked to', async () => {
    await say(fine)
    const stand = vscode.window as unknown as Record<string, unknown>
    const { showQuickPick, showInformationMessage } = vscode.window
    let listed: readonly vscode.QuickPickItem[] = []
    const asked = new Promise<string>((resolve) => {
      stand['showQuickPick'] = (items: readonly vscode.QuickPickItem[]) => {
        listed = items
        return Promise.resolve(items.find(({ label }) => label === 'epoch factor 2'))
      }
      stand['showInformationMessage'] = (message: string, offer: string) => {
        resolve(message)
        return Promise.resolve(offer)
      }
    })
    try {
      await vscode.commands.executeCommand('multigrid.whatIf', uri)
      assert.equal(await asked, 'a.multigrid.json: epoch factor 2?')
      await holds('change of the file', () => document.getText().includes('"epochFactor": 2,'))
    } finally {
      Object.assign(stand, { showQuickPick, showInformationMessage })
    }
    assert.match(
      listed.find(({ label }) => label === 'epoch factor 2')?.description ?? '',
      /^1\.3 times the work, 120 epochs$/,
    )
  })

  it('is no longer spoken of once it is closed', async () => {
    const other = vscode.Uri.file(join(folder, 'b.multigrid.json'))
    await writeFile(other.fsPath, text)
    // Not by openTextDocument, which keeps a document open for minutes.
    await vscode.commands.executeCommand('vscode.open', other)
    const problems = () =>
      vscode.languages.getDiagnostics(other).filter(({ source }) => source === 'multigrid')
    await holds('problem', () => problems().length > 0)
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor')
    await holds('end of the problem', () => problems().length === 0)
  })
})

function holds(what: string, condition: () => boolean): Promise<void> {
  return until(what, () => assert.ok(condition()))
}
