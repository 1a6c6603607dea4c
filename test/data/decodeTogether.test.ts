import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CutGroup } from '../../src/data/CutGroup'
import { decodeWhole } from '../../src/data/decodeWhole'
import { decodeTogether } from '../../src/data/decodeTogether'
import type { CutOutcome, CutTask, DecodeSettings } from '../../src/data/decodeMessages'
import { evaluationSample } from '../../src/data/sampling'
import { encodeCounting, ffmpeg, frameOf, temporaryFolder } from './ffmpegTools'

const folder = temporaryFolder()
afterAll(folder.remove)
const path = (name: string) => join(folder.path, name)
const options = () => ({ ffmpeg, maxSeconds: 60, maxBytes: 2 ** 26, signal: new AbortController().signal })
const video = (name: string) => ({ footage: { kind: 'video', file: path(name) }, shortSide: 24 }) as const

beforeAll(() => {
  for (const [index, [width, height, fps]] of [
    [32, 24, 24],
    [24, 40, 30],
    [64, 48, 15],
    [32, 24, 25],
  ].entries()) {
    encodeCounting({
      file: path(`${index}.mp4`),
      frames: 10 + 5 * index,
      width: width!,
      height: height!,
      fps: fps!,
    })
  }
  writeFileSync(path('bad.mp4'), 'not a video')
})

describe('several videos decoded by one process', () => {
  test('are what each is decoded alone', async () => {
    const videos = [0, 1, 2, 3].map((index) => video(`${index}.mp4`))
    const alone = await Promise.all(videos.map((one) => decodeWhole({ ...options(), ...one })))
    expect(await decodeTogether(videos, options())).toEqual(alone)
  })

  test('are what each is decoded alone where they are parts of videos', async () => {
    const videos = [0, 3, 3].map((index, place) => {
      const part = [[0.1, 0.3] as const, [0, 0.5] as const, [0.4, 0.9] as const][place]!
      return { footage: { kind: 'video', file: path(`${index}.mp4`), part }, shortSide: 24 } as const
    })
    const alone = await Promise.all(videos.map((one) => decodeWhole({ ...options(), ...one })))
    expect(await decodeTogether(videos, options())).toEqual(alone)
    const first = alone.map((one) => typeof one === 'object' && frameOf(one.frames.pixels[300]!))
    expect(first).toEqual([3, 0, 10])
  })

  test.each([
    ['one cannot be read', ['0.mp4', 'bad.mp4'], {}],
    ['one is not there', ['0.mp4', 'none.mp4'], {}],
    ['one is too long', ['0.mp4', '3.mp4'], { maxSeconds: 0.5 }],
    ['one is too large', ['0.mp4', '3.mp4'], { maxBytes: 20 * 32 * 24 * 3 }],
  ] as const)('are given up where %s', async (_, names, limits) => {
    expect(await decodeTogether(names.map(video), { ...options(), ...limits })).toEqual([
      undefined,
      undefined,
    ])
  })
})

describe('the tasks of a thread', () => {
  const settings: DecodeSettings = { ffmpeg, maxSeconds: 60, maxBytes: 2 ** 26, store: undefined }
  const [frames, size] = [4, 16]
  const taskOf = (name: string, id: number): CutTask => ({
    id,
    ...video(name),
    sample: { ...evaluationSample({ clip: 0, stride: 2, shortSide: size }), start: 0 },
    ...{ frames, size, rate: undefined, video: undefined, offset: 0 },
    keeps: { memory: true, disk: false },
    out: new SharedArrayBuffer(frames * size * size * 3),
  })
  const shown = ({ out }: CutTask) =>
    Array.from({ length: frames }, (_, frame) => frameOf(new Uint8Array(out)[frame * size * size * 3 + 300]!))

  async function carryOut(names: readonly string[], signal = new AbortController().signal) {
    const told = new Map<number, CutOutcome>()
    const group = new CutGroup(settings, (id, outcome) => told.set(id, outcome))
    // The first tells how long one takes.
    await group.cut([taskOf('0.mp4', -1)], signal)
    const tasks = names.map(taskOf)
    const left = await group.cut(tasks, signal)
    return { group, told, tasks, left }
  }

  test.skipIf(process.platform === 'win32')('are taken several at a time when they are short', async () => {
    const { group, told, tasks, left } = await carryOut(['0.mp4', '1.mp4', '2.mp4'])
    expect(group.size).toBeGreaterThan(1)
    expect(left).toEqual([])
    for (const task of tasks) {
      expect(told.get(task.id)).toMatchObject({ kind: 'done', from: 'decoder', video: { kind: 'whole' } })
      expect(shown(task)).toEqual([0, 2, 4, 6])
    }
  })

  test('are told apart where one of them cannot be read, and taken alone for a while', async () => {
    const { group, told, tasks } = await carryOut(['0.mp4', 'bad.mp4', '1.mp4'])
    expect(tasks.map(({ id }) => told.get(id)!.kind)).toEqual(['done', 'unreadable', 'done'])
    expect(shown(tasks[2]!)).toEqual([0, 2, 4, 6])
    expect(group.size).toBe(1)
  })

  test.skipIf(process.platform === 'win32')(
    'are tried again when ffmpeg is ended from outside, and say so in the end',
    async () => {
      const counted = path('counted')
      const killed = (times: number) => {
        const program = path(`killed-${times}`)
        writeFileSync(counted, '')
        const script = [
          `echo x >> ${counted}`,
          `[ $(wc -l < ${counted}) -gt ${times} ] && exec ${ffmpeg} "$@"`,
          'kill -9 $$',
        ]
        writeFileSync(program, `#!/bin/sh\n${script.join('\n')}\n`, { mode: 0o755 })
        return program
      }
      const outcome = async (program: string) => {
        let told: CutOutcome | undefined
        const group = new CutGroup({ ...settings, ffmpeg: program }, (_, one) => (told = one))
        await group.cut([taskOf('0.mp4', 1)], new AbortController().signal)
        return told
      }
      expect(await outcome(killed(2))).toMatchObject({ kind: 'done' })
      expect(await outcome(killed(9))).toEqual({ kind: 'interrupted', reason: 'SIGKILL' })
    },
  )

  test('come back when they are interrupted, and none is told twice', async () => {
    const abort = new AbortController()
    abort.abort()
    const { told, tasks, left } = await carryOut(['0.mp4', '1.mp4'], abort.signal)
    expect(left).toEqual(tasks)
    expect(told.size).toBe(0)
  })

  test('of a file that is there twice are both carried out', async () => {
    const { told, tasks } = await carryOut(['1.mp4', '1.mp4'])
    expect(tasks.map(({ id }) => told.get(id)!.kind)).toEqual(['done', 'done'])
    expect(shown(tasks[0]!)).toEqual(shown(tasks[1]!))
  })
})
