import * as assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as vscode from 'vscode'
import { extensionUnderTest } from '../extensionUnderTest'
import { until } from '../until'

interface Step {
  readonly id: string
  readonly description: string
  readonly media: { readonly markdown: string }
  readonly completionEvents: readonly string[]
}
interface Manifest {
  readonly activationEvents: readonly string[]
  readonly contributes: {
    readonly walkthroughs: readonly { readonly steps: readonly Step[] }[]
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>
  }
}

const manifest = (): Manifest =>
  vscode.extensions.all.find(({ extensionPath }) => extensionPath === extensionUnderTest)!
    .packageJSON as Manifest

const doctorTabs = (): vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && /multigrid\.doctor$/.test(input.viewType),
    )

const oneTab = (): void => assert.equal(doctorTabs().length, 1)

describe('the doctor', () => {
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'))

  it('opens in one tab, however often it is asked for', async () => {
    await vscode.commands.executeCommand('multigrid.doctor')
    await until('tab', oneTab)
    await vscode.commands.executeCommand('multigrid.doctor')
    oneTab()
    await vscode.window.tabGroups.close(doctorTabs())
    await vscode.commands.executeCommand('multigrid.doctor')
    await until('other tab', oneTab)
  })

  it('wakes the extension for a tab that was open before a reload', () => {
    assert.ok(manifest().activationEvents.includes('onWebviewPanel:multigrid.doctor'))
  })

  it('takes an ffmpeg or Node.js into the settings only if it is one', async () => {
    const settings = () => vscode.workspace.getConfiguration('multigrid')
    await vscode.commands.executeCommand('multigrid.chooseNode', vscode.Uri.file(process.execPath))
    try {
      assert.equal(settings().inspect('nodePath')?.globalValue, process.execPath)
      // Not awaited: what is told of a refusal stays until it is read.
      await vscode.commands.executeCommand('multigrid.chooseNode', vscode.Uri.file('/nowhere/node'))
      assert.equal(settings().inspect('nodePath')?.globalValue, process.execPath)
      await vscode.commands.executeCommand('multigrid.chooseFfmpeg', vscode.Uri.file(process.execPath))
      assert.equal(settings().inspect('ffmpegPath')?.globalValue, undefined)
    } finally {
      await settings().update('nodePath', undefined, vscode.ConfigurationTarget.Global)
    }
  })
})

describe('the walkthrough', () => {
  const steps = () => manifest().contributes.walkthroughs.flatMap((one) => one.steps)

  it('leads from the doctor to the timeline', () => {
    assert.deepEqual(
      steps().map(({ id }) => id),
      ['doctor', 'schedule', 'dataset', 'start', 'watch'],
    )
  })

  it('links to commands that are there, and shows pages that are', async () => {
    const registered = await vscode.commands.getCommands(true)
    for (const { id, description, media } of steps()) {
      const linked = [...description.matchAll(/\(command:([\w.]+)\)/g)].map(([, command]) => command!)
      assert.ok(linked.length > 0, `${id} links to nothing`)
      assert.deepEqual(
        linked.filter((command) => !registered.includes(command)),
        [],
      )
      assert.ok(existsSync(join(extensionUnderTest, media.markdown)), media.markdown)
    }
  })

  it('ticks a step off by a command or a view that is there', async () => {
    const registered = await vscode.commands.getCommands(true)
    const views = Object.values(manifest().contributes.views).flatMap((some) => some.map(({ id }) => id))
    const known = [...registered.map((name) => `onCommand:${name}`), ...views.map((id) => `onView:${id}`)]
    for (const { id, completionEvents } of steps()) {
      assert.ok(completionEvents.length > 0, id)
      assert.deepEqual(
        completionEvents.filter((event) => !known.includes(event)),
        [],
      )
    }
  })
})
