import * as assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import * as vscode from 'vscode'
import { parseConfig } from '../../../src/config/parse'

describe('a new schedule', () => {
  const { fsPath: folder } = vscode.workspace.workspaceFolders![0]!.uri
  const file = path.join(folder, 'experiment.multigrid.json')
  before(() => {
    for (const name of ['clips/train', 'clips/val']) mkdirSync(path.join(folder, name), { recursive: true })
  })
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    rmSync(file, { force: true })
    rmSync(path.join(folder, 'clips'), { recursive: true })
  })

  const press = async (command: string): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 500))
    await vscode.commands.executeCommand(command)
  }
  const accept = () => press('workbench.action.acceptSelectedQuickOpenItem')

  it('is asked for in four questions, with a way back, and written for the data that lies there', async () => {
    const asked = vscode.commands.executeCommand('multigrid.newSchedule')
    await accept() // the data that was found
    await press('workbench.action.quickInputBack')
    await accept()
    await press('workbench.action.quickOpenSelectNext')
    await accept() // 16 × 112²
    await accept()
    await accept()
    await accept() // its name
    await asked
    const text = readFileSync(file, 'utf8')
    const { config, problems } = parseConfig(text)
    assert.deepEqual(problems, [])
    assert.deepEqual(
      [config?.data.train, config?.data.val, config?.data.frames, config?.train.epochs],
      ['clips/train', 'clips/val', 16, 60],
    )
    assert.equal(config?.multigrid.epochFactor, 1.5)
    assert.match(text, /\/\/ Many small clips first/)
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, file)
  }).timeout(30_000)
})
