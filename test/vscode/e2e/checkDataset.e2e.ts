import * as assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { extensionUnderTest } from '../extensionUnderTest'
import { useWindow } from '../useWindow'

const clips = 60

describe('checking a data set from the editor', () => {
  const folder = mkdtempSync(path.join(tmpdir(), "check's & é-"))
  const index = path.join(folder, '.multigrid', 'index.jsonl')
  const clip = (number: number): string => path.join(folder, 'train', 'a b', `-${number} 'q' <b>.mp4`)
  const window = useWindow(() => {
    const video = path.join(folder, 'one.mp4')
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:d=2', video])
    mkdirSync(path.join(folder, 'train', 'a b'), { recursive: true })
    for (let number = 0; number < clips; number++) copyFileSync(video, clip(number))
    writeFileSync(clip(7), '')
    const schedule = { data: { train: 'train', workers: 1 }, train: { batch: 8 } }
    writeFileSync(path.join(folder, 'clips.multigrid.json'), JSON.stringify(schedule))
    return { folder, extensions: [extensionUnderTest] }
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const report = () =>
    window()
      .page.frameLocator('iframe.webview[src*="extensionId=vscode.markdown-language-features"]')
      .frameLocator('iframe#active-frame')
  const said = (text: RegExp) => window().notifications().filter({ hasText: text })

  it('can be cancelled, and says what was kept', async () => {
    await window().openFile('clips.multigrid.json')
    await window().command('Multigrid: Check Dataset')
    const progress = said(/Checking the data of clips\.multigrid\.json/)
    await progress.getByText(/\d+ % · [1-9]\d* of 60 files.* left/).waitFor()
    await window().screenshot('check-progress')
    await progress.getByText('Cancel').click()
    await said(
      /Stopped: \d+ of 60 files are read, which is kept\. The next check goes on from there\./,
    ).waitFor()
    const lines = readFileSync(index, 'utf8').trimEnd().split('\n').length
    assert.ok(lines < clips, `${lines} lines`)
  })

  it('goes on, shows a report and says what is wrong', async () => {
    await window().openFile('clips.multigrid.json')
    await window().command('Multigrid: Check Dataset')
    const told = said(
      /data\.train has 60 clips, and training needs at least 128.*data\.train: 1 of 60 clips cannot be read/,
    )
    await told.waitFor()
    await report().getByRole('heading', { name: 'Data of clips.multigrid.json' }).waitFor()
    await report()
      .getByText(/-7 'q' <b>\.mp4: the file is empty/)
      .waitFor()
    await window().screenshot('check-report')
    await window().command('View: Close All Editors')
    await told.getByText('Open Report').click()
    await report().getByRole('heading', { name: '1 clip cannot be read' }).waitFor()
  })
})
