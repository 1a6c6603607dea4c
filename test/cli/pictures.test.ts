import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load'
import type { EventPayload } from '../../src/protocol/events'
import { wirePlanOf } from '../../src/protocol/wirePlan'
import { createRun } from '../../src/run/runFolders'
import { totalIterations } from '../../src/schedule/iterations'
import { makePlan } from '../../src/schedule/plan'
import { encodeCounting, ffmpeg, frameOf, runTool } from '../data/ffmpegTools'

let folder: string
const video = "-v 'q' <b>.mp4"

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'multigrid pictures & '))
  encodeCounting({ file: path.join(folder, video), frames: 40 })
  mkdirSync(path.join(folder, 'frames'))
  runTool(['-i', `file:${path.join(folder, video)}`, `file:${path.join(folder, 'frames', 'img_%05d.png')}`])
  mkdirSync(path.join(folder, 'empty'))
  writeFileSync(path.join(folder, 'bad.mp4'), 'not a video')
})
afterAll(() => rmSync(folder, { recursive: true }))

function multigrid(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.resolve('dist/cli.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, out: stdout, err: stderr }
}

/** A PNG's size and the frame number that each cell of its grid shows. */
function cells(name: string, size: number): { width: number; height: number; frames: number[] } {
  const file = path.join(folder, name)
  const { stdout, stderr } = spawnSync(ffmpeg, [
    ...['-v', 'info', '-hide_banner', '-i', `file:${file}`],
    ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
  ])
  const [, width, height] = /Video: png.*, (\d+)x(\d+)/.exec(stderr.toString())!.map(Number) as [
    number,
    number,
    number,
  ]
  const step = size + 2
  const at = (x: number, y: number): number => stdout[(y * width + x) * 3]!
  const frames = []
  for (let y = 2; y < height; y += step) for (let x = 2; x < width; x += step) frames.push(frameOf(at(x, y)))
  return { width, height, frames }
}

const few = ['--frames', '4', '--stride', '3', '--size', '16']

describe('multigrid clip', () => {
  it.each([
    ['a video', video],
    ['a folder of pictures', 'frames'],
  ])('shows frames of %s', (_, name) => {
    // A name that begins with a dash would be an option.
    const { status, out, err } = multigrid('clip', `./${name}`, '-o', 'out.png', ...few, '--at', '0')
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out).toBe('out.png: 4 × 16², frames 0 3 6 9 of 40\n')
    expect(cells('out.png', 16)).toEqual({ width: 38, height: 38, frames: [0, 3, 6, 9] })
  })

  it('takes the frames from the middle unless told otherwise, and its name from the video', () => {
    expect(multigrid('clip', 'frames', ...few).out).toMatch(/^frames\.png: .*, frames 15 18 21 24 of 40\n$/)
    expect(cells('frames.png', 16).frames).toEqual([15, 18, 21, 24])
  })

  it.each([
    [[], /Which video\?/],
    [['none.mp4'], /There is no .*none\.mp4\./],
    [['bad.mp4'], /bad\.mp4 cannot be read: .+/],
    [['empty'], /empty cannot be read: the folder holds no numbered pictures\./],
    [['frames', '--frames', '0'], /--frames takes a whole number from 1 to 8192, not "0"/],
    [['frames', '--stride', '1.5'], /--stride takes a whole number/],
    [['frames', '--size', 'large'], /--size takes a whole number/],
    [['frames', '--frames', '8192', '--size', '8192'], /too many for one picture/],
    [['frames', '--at', '2'], /--at takes a number from 0 \(the beginning\) to 1 \(the end\), not "2"/],
    [['frames', '--fps', '0'], /--fps takes frames a second, not "0"/],
    [['frames', '-o', 'nowhere/out.png'], /nowhere\/out\.png cannot be written \(ENOENT\)/],
  ])('says what is wrong with %j in a sentence', (args, message) => {
    const { status, out, err } = multigrid('clip', ...args)
    expect(err).toMatch(message)
    expect(err).not.toMatch(/\n {4}at |of its own/)
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(existsSync(path.join(folder, 'nowhere'))).toBe(false)
  })
})

describe('multigrid batch', () => {
  const trainClips = 8
  let id: string
  let iterations: number

  beforeAll(() => {
    for (let clip = 0; clip < trainClips; clip++) {
      const of = path.join(folder, 'train', clip < 4 ? 'left' : 'right')
      mkdirSync(of, { recursive: true })
      encodeCounting({ file: path.join(of, `${clip}.mp4`), frames: 24 })
    }
    const schedule = path.join(folder, 'small.multigrid.json')
    writeFileSync(
      schedule,
      JSON.stringify({
        data: { train: 'train', frames: 4, crop: 16, jitter: [18, 20], stride: 1, workers: 1 },
        train: { batch: 2, epochs: 6, steps: [0, 3] },
        multigrid: { longCycle: false, shortCycle: false },
      }),
    )
    const { config } = loadConfig(schedule)
    const run = createRun({ schedule, config })
    id = run.record.id
    const plan = makePlan(config)
    iterations = totalIterations(plan, trainClips)
    const shape = { batch: 2, frames: 4, size: 16, stride: 1 }
    const started: EventPayload = {
      ...{ type: 'run', id, name: 'small', model: '', parameters: 1, flopsPerClip: [] },
      ...{ classes: ['left', 'right'], clips: { train: trainClips, val: 0 } },
      ...{ backend: 'wasm', device: '', reason: '', versions: {}, iteration: 0, epoch: 0 },
    }
    const step: EventPayload = {
      ...{ type: 'step', iteration: 5, epoch: 1.25, phase: 0, shape, lr: 0.1, loss: 1, top1: 0, clips: 2 },
      ...{ seconds: { data: 0, compute: 1 }, progress: 0.2, secondsLeft: 10 },
    }
    const planned: EventPayload = { type: 'plan', plan: wirePlanOf(plan), iterations, rates: [], changes: [] }
    const lines = [started, planned, step].map(
      (event, index) => `${JSON.stringify({ seq: index + 1, time: index, ...event })}\n`,
    )
    writeFileSync(path.join(run.folder, 'events.jsonl'), lines.join(''))
  })

  it('shows the batch of the last step, and names the clip of each row', () => {
    const { status, out, err } = multigrid('batch', id, '-o', 'now.png')
    expect({ status, err }).toEqual({ status: 0, err: '' })
    const [first, ...rows] = out.trimEnd().split('\n')
    expect(first).toBe('now.png: iteration 5, 2 × 4 × 16²')
    expect(rows).toHaveLength(2)
    for (const [index, row] of rows.entries()) {
      const [, number, word, file] = /^ +(\d+) {2}(\w+) {2}(.+)$/.exec(row)!
      expect([Number(number), word]).toEqual([index + 1, path.basename(path.dirname(file!))])
      expect(existsSync(file!)).toBe(true)
    }
    const { width, height, frames } = cells('now.png', 16)
    expect([width, height]).toEqual([4 * 18 + 2, 2 * 18 + 2])
    for (const row of [frames.slice(0, 4), frames.slice(4)]) {
      expect(row).toEqual([0, 1, 2, 3].map((step) => row[0]! + step))
    }
  })

  it('shows another one for another iteration, and the same one again', () => {
    const rows = (iteration: string): string[] =>
      multigrid('batch', id, '--iteration', iteration, '-o', 'other.png').out.split('\n').slice(1)
    expect(rows('0')).not.toEqual(rows('1'))
    expect(rows('1')).toEqual(rows('1'))
    expect(rows(String(iterations - 1))).toHaveLength(3)
  })

  it.each([
    [['--iteration', 'many'], /--iteration takes the number of an iteration, not "many"/],
    [['--iteration', '100000'], /The training has no iteration 100000: it ends before/],
    [['-o', 'nowhere/out.png'], /nowhere\/out\.png cannot be written \(ENOENT\)/],
  ])('says what is wrong with %j in a sentence', (args, message) => {
    const { status, out, err } = multigrid('batch', id, ...args)
    expect(err).toMatch(message)
    expect(err).not.toMatch(/\n {4}at |of its own/)
    expect({ status, out }).toEqual({ status: 1, out: '' })
  })

  it('says so where the clips are not those of the run any more', () => {
    rmSync(path.join(folder, 'train', 'left', '0.mp4'))
    expect(multigrid('batch', id).err).toMatch(/trains on 8 clips, and data\.train has 7 by now/)
    rmSync(path.join(folder, 'train'), { recursive: true })
    const { status, err } = multigrid('batch', id)
    expect(err).toMatch(/^data\.train.*\n$|^.*train.*\n$/)
    expect(err).not.toMatch(/\n {4}at |of its own/)
    expect(status).toBe(1)
  })
})
