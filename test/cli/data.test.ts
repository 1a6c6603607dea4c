import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeCounting } from '../data/ffmpegTools'

const clips = 12
let folder: string
let schedule: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "multigrid data's & é "))
  schedule = path.join(folder, 'my clips.multigrid.json')
  const video = path.join(folder, 'one.mp4')
  encodeCounting({ file: video, frames: 30 })
  for (const name of ['jump', '-run "fast"']) {
    mkdirSync(path.join(folder, 'train', name), { recursive: true })
    for (let index = 0; index < clips / 2; index++) {
      copyFileSync(video, path.join(folder, 'train', name, `- ${index}\n'.mp4`))
    }
  }
  write(1)
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(batch: number): void {
  const file = { data: { train: 'train', workers: 1 }, train: { batch }, multigrid: { longCycle: false } }
  writeFileSync(schedule, JSON.stringify(file))
}

const command = (...args: string[]): string[] => [path.resolve('dist/cli.js'), 'data', schedule, ...args]

function check(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, command(...args), { encoding: 'utf8' })
  return { status, out: stdout, err: stderr }
}

const readSoFar = (): number =>
  readFileSync(path.join(folder, '.multigrid', 'index.jsonl'), 'utf8')
    .trimEnd()
    .split('\n').length

describe('multigrid data', () => {
  it('stops at once, in one sentence, where there is no decoder', () => {
    const { status, out, err } = check('--ffmpeg', path.join(folder, 'no-ffmpeg'))
    expect([status, out]).toEqual([1, ''])
    expect(err).toMatch(/^The ffmpeg of the settings, .*no-ffmpeg, does not run/)
  })

  it('keeps what was read when it is interrupted', async () => {
    const child = spawn(process.execPath, command(), { stdio: ['ignore', 'pipe', 'pipe'] })
    let told = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text))
    child.stderr.once('data', () => child.kill('SIGINT'))
    const [status] = (await once(child, 'close')) as [number]
    expect(status).toBe(130)
    expect(told).toMatch(
      /Stopped: \d+ of 12 files are read, which is kept\. The same command goes on from there\./,
    )
    expect(readSoFar()).toBeLessThan(clips)
  })

  it('says that all is well, and fails when it is not', () => {
    expect(check()).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^✓ All 12 clips can be read/) as unknown,
    })
    expect(readSoFar()).toBe(clips)
    write(clips)
    expect(check()).toMatchObject({ status: 1, out: expect.stringContaining('at least 48 clips') as unknown })
    write(1)
    writeFileSync(path.join(folder, 'train', 'jump', "- 0\n'.mp4"), '')
    const { status, out } = check()
    expect(status).toBe(1)
    expect(out).toContain("jump/- 0\\n'.mp4: the file is empty")
  })

  it('prints JSON alone for programs', () => {
    const { status, out } = check('--json')
    expect(status).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      fine: false,
      clips: { train: clips, val: 0 },
      unreadable: [{ split: 'train', reason: 'the file is empty' }],
      training: { train: 'replaces' },
    })
  })

  it('says what is wrong with the schedule as the trainer would', () => {
    writeFileSync(schedule, '{ "data": { "train": "nowhere" } }')
    expect(check()).toMatchObject({
      status: 1,
      err: expect.stringMatching(/data\.train: .*nowhere cannot be opened/) as unknown,
    })
  })
})
