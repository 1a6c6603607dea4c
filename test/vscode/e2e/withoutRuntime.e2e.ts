import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isAlive } from '../../../src/runtime/isAlive'
import { listRuns } from '../../../src/run/runFolders'
import { removeWorkspaces, workspace } from '../../trainer/process/workspace'
import type { Workspace } from '../../trainer/process/workspace'
import { extensionUnderTest } from '../extensionUnderTest'
import { useWindow } from '../useWindow'

describe('training where no TensorFlow was installed', () => {
  let place: Workspace
  const runtime = mkdtempSync(path.join(tmpdir(), 'no-runtime-'))
  const window = useWindow(async () => {
    place = await workspace()
    return { folder: place.folder, extensions: [extensionUnderTest], env: { MULTIGRID_RUNTIME: runtime } }
  })

  after(() => {
    for (const { record } of listRuns(place.folder)) {
      if (record.pid !== undefined && isAlive(record.pid)) process.kill(record.pid, 'SIGKILL')
    }
    removeWorkspaces()
    rmSync(runtime, { recursive: true, force: true })
  })

  it('asks first, then trains with WebAssembly and says that this is slow', async () => {
    const view = () => window().webview('multigrid.multigrid')
    await window().openFile('small.multigrid.json')
    await window().command('Multigrid: Start Training')
    const asked = window().notifications().filter({ hasText: 'Native TensorFlow is not installed' })
    await asked.waitFor()
    await window().screenshot('without-runtime-asked')
    await asked.getByText('Train with WebAssembly').click()
    await view().getByText('Training', { exact: true }).waitFor()
    await view()
      .getByText(/many times slower than native TensorFlow/)
      .waitFor()
    await window().screenshot('without-runtime-training')
  })
})
