import * as assert from 'node:assert/strict'
import { copyFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import * as vscode from 'vscode'
import { listRuns } from '../../../src/run/runFolders'
import { isAlive } from '../../../src/runtime/isAlive'
import { forHours, removeWorkspaces, workspace } from '../../trainer/process/workspace'

describe('training by a task', () => {
  const { fsPath: folder } = vscode.workspace.workspaceFolders![0]!.uri
  const schedule = path.join(folder, 'small.multigrid.json')
  const runs = () => listRuns(folder).filter(({ record }) => record.name === 'small')

  before(async function () {
    this.timeout(60_000)
    const place = await workspace(forHours)
    copyFileSync(place.schedule, schedule)
  })

  after(() => {
    for (const { record, folder: own } of runs()) {
      if (record.pid !== undefined && isAlive(record.pid)) process.kill(record.pid, 'SIGKILL')
      rmSync(own, { recursive: true, force: true })
    }
    rmSync(schedule, { force: true })
    removeWorkspaces()
  })

  async function holds(what: string, test: () => boolean): Promise<void> {
    for (let waited = 0; !test(); waited += 100) {
      if (waited > 60_000) throw new Error(`Waited in vain for ${what}.`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  it('starts a run, leaves it alone when its terminal is closed, and shows it when it is run again, where Ctrl-C stops it', async () => {
    let task: vscode.Task | undefined
    for (let waited = 0; !task && waited < 10_000; waited += 500) {
      await new Promise((resolve) => setTimeout(resolve, 500))
      const tasks = await vscode.tasks.fetchTasks({ type: 'multigrid' })
      task = tasks.find(({ name }) => name === 'train small')
    }
    assert.deepEqual(task?.definition, { type: 'multigrid', schedule: 'small.multigrid.json' })
    const first = await vscode.tasks.executeTask(task)
    await holds('a run that trains', () => runs()[0]?.record.state === 'running')
    const { pid } = runs()[0]!.record
    first.terminate()
    await holds('the end of the task', () => vscode.tasks.taskExecutions.length === 0)
    assert.ok(isAlive(pid!))

    await vscode.tasks.executeTask(task)
    // The terminal hears Ctrl-C once it shows the run, and it says nowhere when that is.
    await holds('the end of the task by Ctrl-C', () => {
      vscode.window.terminals.find(({ name }) => name.includes('train small'))?.sendText('\x03', false)
      return vscode.tasks.taskExecutions.length === 0
    })
    assert.equal(runs().length, 1)
    assert.equal(runs()[0]!.record.state, 'stopped')
    assert.equal(runs()[0]!.record.pid, pid)
  }).timeout(180_000)
})
