import * as assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { extensionUnderTest } from '../extensionUnderTest'

interface Manifest {
  engines: { vscode: string }
  contributes?: { commands?: { command: string }[] }
}

describe('the extension in its host', () => {
  const extension = () => {
    const found = vscode.extensions.all.find(({ extensionPath }) => extensionPath === extensionUnderTest)
    assert.ok(found, `VS Code did not load ${extensionUnderTest}`)
    return { found, manifest: found.packageJSON as Manifest }
  }

  it('activates, and registers every command that it contributes', async () => {
    const { found, manifest } = extension()
    await found.activate()
    const registered = await vscode.commands.getCommands(true)
    const missing = manifest.contributes?.commands?.filter(({ command }) => !registered.includes(command))
    assert.deepEqual(missing, [])
  })

  it('runs in a VS Code that it promises to support', () => {
    const [, oldest] = /^\^1\.(\d+)\./.exec(extension().manifest.engines.vscode) ?? []
    const [, running] = vscode.version.split('.')
    assert.ok(Number(running) >= Number(oldest), vscode.version)
  })
})
