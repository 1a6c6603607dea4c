import * as assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isAlive } from '../../../src/runtime/isAlive'
import { listRuns } from '../../../src/run/runFolders'
import { forHours, removeWorkspaces, workspace } from '../../trainer/process/workspace'
import type { Workspace } from '../../trainer/process/workspace'
import { until } from '../until'
import { useWindow } from '../useWindow'

describe('the package, installed', () => {
  let place: Workspace
  let made = ''
  const window = useWindow(async () => {
    made = mkdtempSync(path.join(tmpdir(), 'multigrid-package-'))
    const vsix = path.join(made, 'multigrid.vsix')
    execFileSync(process.execPath, ['scripts/package.mjs', '--as-built', '--out', vsix], { stdio: 'inherit' })
    place = await workspace(forHours)
    return { folder: place.folder, extensions: [vsix] }
  })
  const view = () => window().webview('multigrid.multigrid')
  const record = () => listRuns(place.folder)[0]!.record

  after(() => {
    for (const { record } of listRuns(place.folder)) {
      if (record.pid !== undefined && isAlive(record.pid)) process.kill(record.pid, 'SIGKILL')
    }
    removeWorkspaces()
    rmSync(made, { recursive: true, force: true })
  })

  it('trains, shows it, and stops', async () => {
    await window().openSidebar('Multigrid')
    await view().getByText('Not started', { exact: true }).waitFor()
    await window().command('Multigrid: Start Training')
    await view().getByText('Training', { exact: true }).waitFor()
    await view()
      .getByText(/clips\/s/)
      .first()
      .waitFor()
    if (process.platform === 'linux') {
      // From where it was installed, not from this tree.
      const command = readFileSync(`/proc/${record().pid}/cmdline`, 'utf8')
      assert.match(command, /extensions\/multigrid\.multigrid-[\d.]+\/dist\/trainer\.js/)
    }
    await window().command('Multigrid: Stop')
    await view().getByText('Stopped', { exact: true }).waitFor()
    await until('a record of its end', () => assert.equal(record().state, 'stopped'))
    await window().screenshot('packed-stopped')
  })
})
