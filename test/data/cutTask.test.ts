import {
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmdirSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spanOf } from '../../src/data/cut'
import { openStored } from '../../src/data/clipStore'
import { cutTask } from '../../src/data/cutTask'
import type { DecodeSettings } from '../../src/data/decodeMessages'
import type { Footage } from '../../src/data/footage'
import { evaluationSample } from '../../src/data/sampling'
import { StoreFolder } from '../../src/data/StoreFolder'
import { encodeCounting, ffmpeg, frameOf, runTool, temporaryFolder } from './ffmpegTools'

const folder = temporaryFolder()
afterAll(folder.remove)
const path = (name: string) => join(folder.path, name)
const { signal } = new AbortController()
const settings: DecodeSettings = { ffmpeg, maxSeconds: 60, maxBytes: 2 ** 28, store: undefined }

interface Cut {
  readonly frames?: number
  readonly stride?: number
  readonly start?: number
  readonly rate?: number
  /** False: only what is shown is decoded. */
  readonly keeps?: boolean
  /** The folder of decoded clips. */
  readonly store?: string
}

/** The numbers of the frames that a sample of a counting clip shows, and where they came from. */
async function shown(
  footage: Footage,
  { frames = 6, stride = 2, start = 0, rate, keeps: memory = true, store }: Cut,
) {
  const size = 16
  const out = new SharedArrayBuffer(frames * size * size * 3)
  const keeps = { memory, disk: store !== undefined }
  const sample = { ...evaluationSample({ clip: 0, stride, shortSide: size }), start }
  const task = { footage, sample, frames, size, shortSide: 24, rate, video: undefined, keeps, out, offset: 0 }
  const { from, video } = await cutTask(task, { ...settings, store }, signal)
  const pixels = new Uint8Array(out)
  const numbers = Array.from({ length: frames }, (_, frame) =>
    frameOf(pixels[frame * size * size * 3 + 300]!),
  )
  return { numbers, from, kept: video?.kind }
}

/** The number of the frame that ffmpeg alone takes for the picture at a moment: the last one not after it. */
function frameAt(file: string, seconds: number): number {
  runTool([
    '-i',
    `file:${file}`,
    '-vf',
    `select='lte(t,${seconds})'`,
    '-vsync',
    '0',
    '-update',
    '1',
    path('at.ppm'),
  ])
  const ppm = readFileSync(path('at.ppm'))
  return frameOf(ppm[ppm.length - 100]!)
}

const video = (name: string): Footage => ({ kind: 'video', file: path(name) })

describe('a video', () => {
  beforeAll(() => {
    encodeCounting({ file: path('constant.mp4'), frames: 56, fps: 30000 / 1001, output: ['-g', '12'] })
    encodeCounting({
      file: path('uneven.mkv'),
      frames: 50,
      fps: 25,
      output: ['-vf', "setpts='(N+12*gt(N,20)+0.4*mod(N,3))/25/TB'", '-vsync', '0', '-g', '10'],
    })
    encodeCounting({ file: path('long.mp4'), frames: 56, fps: 24, output: ['-g', '30', '-bf', '2'] })
    encodeCounting({ file: path('slides.mp4'), frames: 40, fps: 1, output: ['-g', '5'] })
    encodeCounting({ file: path('fast.mp4'), frames: 56, fps: 60, output: ['-g', '12'] })
    const [long, copied] = [
      ['-i', path('long.mp4')],
      ['-c', 'copy'],
    ]
    runTool(['-ss', '0.8', ...long, ...copied, path('cut.mp4')])
    runTool([...long, ...copied, '-bsf:v', 'h264_mp4toannexb', path('broadcast.ts')])
    runTool([...long, '-c:v', 'mjpeg', '-qscale', '2', path('old.avi')])
    runTool(['-i', path('fast.mp4'), ...copied, path('fast.mkv')])
    runTool([...long, ...copied, '-f', 'matroska', '-live', '1', path('live.mkv')])
    const sound = ['-f', 'lavfi', '-i', 'sine=d=5', '-itsoffset', '1.5']
    runTool([
      ...sound,
      ...long,
      '-map',
      '1:v',
      '-map',
      '0:a',
      '-c:v',
      'copy',
      '-c:a',
      'aac',
      path('late.mkv'),
    ])
  })

  test.each([
    [0, 1, 8],
    [0.5, 3, 8],
    [0.999, 2, 12],
  ])(
    'shows the same frames whether it is kept or only a window of it is read: from %d',
    async (start, stride, frames) => {
      const whole = await shown(video('constant.mp4'), { start, stride, frames })
      const window = await shown(video('constant.mp4'), { start, stride, frames, keeps: false })
      expect(whole.kept).toBe('whole')
      expect(window.kept).toBe('windows')
      expect(window.numbers).toEqual(whole.numbers)
      expect(whole.numbers).toEqual(whole.numbers.map((_, index) => whole.numbers[0]! + index * stride))
    },
  )

  test.each([true, false])(
    'of a variable rate shows what a player shows at each moment (kept: %s)',
    async (keeps) => {
      const [stride, frames, rate, start] = [4, 6, 20, 0.4]
      const { numbers, kept } = await shown(video('uneven.mkv'), {
        stride,
        frames,
        rate,
        start,
        keeps,
      })
      // 50 frames, the last one at 61.4 / 25 s, and shown for as long as a frame is in the mean.
      const ticks = Math.round((61.4 / 25) * (50 / 49) * rate)
      const first = Math.floor(start * (ticks - spanOf({ stride }, frames) + 1))
      const expected = numbers.map((_, index) =>
        frameAt(path('uneven.mkv'), (first + index * stride + 0.5) / rate),
      )
      expect(kept).toBe(keeps ? 'whole' : 'windows')
      expect(numbers).toEqual(expected)
      expect(new Set(numbers).size, 'the pause shows one frame several times').toBeLessThan(frames)
    },
  )

  test.each([
    ['cut at no key frame, without being encoded anew', 'cut.mp4', {}],
    ['in a broadcast stream', 'broadcast.ts', {}],
    ['that counts time in frames', 'old.avi', {}],
    ['of one frame a second, by a faster clock', 'slides.mp4', { stride: 10, rate: 30 }],
    ['of twice the rate of the clock', 'fast.mkv', { stride: 1, rate: 30 }],
  ])('%s shows the same frames kept or in windows', async (_, name, how) => {
    for (const start of [0, 0.5, 0.999]) {
      const whole = await shown(video(name), { start, frames: 5, ...how })
      const window = await shown(video(name), { start, frames: 5, ...how, keeps: false })
      expect([whole.kept, window.kept]).toEqual(['whole', 'windows'])
      expect(window.numbers, `from ${start}`).toEqual(whole.numbers)
    }
  })

  test('of twice the rate of the clock shows every second frame, however its times are rounded', async () => {
    for (const keeps of [true, false]) {
      const { numbers } = await shown(video('fast.mkv'), { start: 0.999, stride: 1, rate: 30, keeps })
      expect(numbers, `kept: ${keeps}`).toEqual([45, 47, 49, 51, 53, 55])
    }
  })

  test('whose file does not say how long it is has parts too', async () => {
    const part: Footage = { kind: 'video', file: path('live.mkv'), part: [0.5, 2] }
    for (const keeps of [true, false]) {
      const { numbers } = await shown(part, { start: 0.999, frames: 4, keeps })
      expect(numbers, `kept: ${keeps}`).toEqual([41, 43, 45, 47])
    }
  })

  test('that begins after its sound has parts that begin with its pictures', async () => {
    const part: Footage = { kind: 'video', file: path('late.mkv'), part: [1, 3] }
    for (const keeps of [true, false]) {
      const { numbers } = await shown(part, { frames: 4, keeps })
      expect(numbers, `kept: ${keeps}`).toEqual([0, 2, 4, 6])
      const end = await shown(part, { start: 0.999, frames: 4, keeps })
      expect(end.numbers, `kept: ${keeps}`).toEqual([29, 31, 33, 35])
    }
  })

  test.each(['broadcast.ts', 'long.mp4', 'old.avi'])(
    'has parts that begin and end between its key frames: %s',
    async (name) => {
      const part: Footage = { kind: 'video', file: path(name), part: [0.5, 2] }
      for (const keeps of [true, false]) {
        const { numbers } = await shown(part, { frames: 4, keeps })
        expect(numbers, `kept: ${keeps}`).toEqual([12, 14, 16, 18])
        const end = await shown(part, { start: 0.999, frames: 4, keeps })
        expect(end.numbers, `kept: ${keeps}`).toEqual([41, 43, 45, 47])
      }
    },
  )

  test('says so where nothing is shown within its part', async () => {
    const part: Footage = { kind: 'video', file: path('long.mp4'), part: [20, 30] }
    for (const keeps of [true, false]) {
      await expect(shown(part, { keeps })).rejects.toMatchObject({
        message: 'it shows nothing from 20 s to 30 s',
      })
    }
  })

  test('that claims to last for years is refused, not read for ever', async () => {
    encodeCounting({
      file: path('years.mkv'),
      frames: 20,
      fps: 24,
      output: ['-vf', "setpts='N/24/TB+gt(N,10)*100000000/TB'", '-vsync', '0'],
    })
    for (const keeps of [true, false]) {
      await expect(shown(video('years.mkv'), { start: 0.5, keeps })).rejects.toMatchObject({
        reason: 'its times cannot be right: it would last 27778 hours',
      })
    }
  })

  test('whose times leave a gap of minutes is decoded whole', async () => {
    encodeCounting({
      file: path('gap.mkv'),
      frames: 20,
      fps: 24,
      output: ['-vf', "setpts='N/24/TB+gt(N,10)*800/TB'", '-vsync', '0'],
    })
    const { numbers } = await shown(video('gap.mkv'), {
      start: 0.5,
      stride: 1,
      frames: 3,
      rate: 24,
      keeps: false,
    })
    expect(numbers).toEqual([10, 10, 10])
  })

  test('says that a part of it is empty, beyond its end', async () => {
    const part: Footage = { kind: 'video', file: path('constant.mp4'), part: [20, 30] }
    await expect(shown(part, {})).rejects.toMatchObject({ reason: 'it shows nothing from 20 s to 30 s' })
  })

  test('of another frame rate is seen at the rate that strides count', async () => {
    encodeCounting({ file: path('slow.mp4'), frames: 40, fps: 15 })
    const { numbers } = await shown(video('slow.mp4'), { stride: 4, frames: 5, rate: 30 })
    expect(numbers).toEqual([0, 2, 4, 6, 8])
  })

  test('of which a part is the clip shows that part, as if it were a file', async () => {
    const part: Footage = { kind: 'video', file: path('constant.mp4'), part: [0.5005, 1.2] }
    for (const keeps of [true, false]) {
      const { numbers } = await shown(part, { stride: 2, frames: 4, keeps })
      expect(numbers, `kept: ${keeps}`).toEqual([15, 17, 19, 21])
    }
    const late = await shown(part, { stride: 1, frames: 4, start: 0.999 })
    expect(Math.max(...late.numbers)).toBeLessThanOrEqual(36)
  })
})

describe('a folder of pictures', () => {
  const pictures = (name: string, count?: number): Footage => ({
    kind: 'pictures',
    folder: path(name),
    ...(count !== undefined && { count }),
  })

  beforeAll(() => {
    encodeCounting({ file: path('source.mp4'), frames: 30 })
    for (const [name, first] of [
      ['from 0', 0],
      ['from 1', 1],
    ] as const) {
      mkdirSync(path(name))
      runTool([
        '-i',
        path('source.mp4'),
        '-start_number',
        `${first}`,
        '-q:v',
        '1',
        path(`${name}/img_%05d.jpg`),
      ])
    }
  })

  test.each(['from 0', 'from 1'])('is shown in the order of its numbers, %s', async (name) => {
    for (const keeps of [true, false]) {
      const { numbers } = await shown(pictures(name, 300), { stride: 3, frames: 12, keeps })
      expect(numbers, `kept: ${keeps}`).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 29, 29])
    }
  })

  test('is counted by numbers, not by names, and gaps are passed over', async () => {
    mkdirSync(path('gaps'))
    for (const [place, number] of [1, 2, 9, 10, 100].entries()) {
      const from = `${path('from 0')}/img_${String(place * 5).padStart(5, '0')}.jpg`
      writeFileSync(path(`gaps/${number}.jpg`), readFileSync(from))
    }
    expect((await shown(pictures('gaps'), { stride: 1, frames: 5 })).numbers).toEqual([0, 5, 10, 15, 20])
  })

  test('takes its colour frames where optical flow lies beside them', async () => {
    mkdirSync(path('flow'))
    for (const number of [1, 2, 3]) {
      const read = (place: number) =>
        readFileSync(`${path('from 1')}/img_${String(place).padStart(5, '0')}.jpg`)
      writeFileSync(path(`flow/img_0000${number}.jpg`), read(number))
      writeFileSync(path(`flow/flow_x_0000${number}.jpg`), read(20))
    }
    expect((await shown(pictures('flow'), { stride: 1, frames: 3 })).numbers).toEqual([0, 1, 2])
  })

  test('takes the same of two series on every disk', async () => {
    mkdirSync(path('two'))
    for (const number of [1, 2, 3]) {
      for (const [name, place] of [
        ['img', 20],
        ['image', 10],
        ['frame', number],
        ['rgb', 15],
      ] as const) {
        const from = `${path('from 1')}/img_${String(place).padStart(5, '0')}.jpg`
        writeFileSync(path(`two/${name}_0000${number}.jpg`), readFileSync(from))
      }
    }
    expect((await shown(pictures('two'), { stride: 1, frames: 3 })).numbers).toEqual([0, 1, 2])
  })

  test('uses no more of it than the list says', async () => {
    expect((await shown(pictures('from 1', 4), { stride: 1, frames: 6 })).numbers).toEqual([0, 1, 2, 3, 3, 3])
  })

  test.each([
    ['nowhere', /the folder cannot be opened \(ENOENT\)/],
    ['empty', /holds no numbered pictures/],
    ['broken', /only \d of 3 pictures can be decoded/],
  ])('%s says why it cannot be used', async (name, reason) => {
    mkdirSync(path('empty'), { recursive: true })
    mkdirSync(path('broken'), { recursive: true })
    for (const number of [1, 2, 3]) writeFileSync(path(`broken/${number}.jpg`), 'not a picture')
    await expect(shown(pictures(name), {})).rejects.toMatchObject({
      reason: expect.stringMatching(reason) as unknown,
    })
  })
})

describe('the folder of decoded clips', () => {
  const files = (name: string) => readdirSync(path(name)).map((file) => path(`${name}/${file}`))

  beforeAll(() => encodeCounting({ file: path('stored.mp4'), frames: 40 }))

  test('gives the second time what the decoder gave the first', async () => {
    const store = await StoreFolder.open(path('store'), 2 ** 30)
    const options = { stride: 3, start: 0.5, store: store.path }
    const first = await shown(video('stored.mp4'), options)
    const second = await shown(video('stored.mp4'), options)
    expect([first.from, second.from]).toEqual(['decoder', 'disk'])
    expect(second.numbers).toEqual(first.numbers)
  })

  test('sees that a video has changed', async () => {
    const options = { stride: 1, store: path('store') }
    encodeCounting({ file: path('other.mp4'), frames: 20, output: ['-vf', 'reverse'] })
    renameSync(path('other.mp4'), path('stored.mp4'))
    const changed = await shown(video('stored.mp4'), options)
    expect([changed.from, changed.numbers[0]]).toEqual(['decoder', 19])
  })

  test('is passed over where a file of it is torn', async () => {
    for (const file of files('store')) truncateSync(file, 1000)
    const options = { stride: 1, store: path('store') }
    const again = await shown(video('stored.mp4'), options)
    expect([again.from, again.numbers[0]]).toEqual(['decoder', 19])
    expect((await shown(video('stored.mp4'), options)).from).toBe('disk')
  })

  test('gives no frames that it cannot read in full', async () => {
    const options = { stride: 1, store: path('torn') }
    mkdirSync(options.store)
    await shown(video('stored.mp4'), options)
    const [file] = files('torn')
    const stored = await openStored(file!)
    truncateSync(file!, 1000)
    await expect(stored!.read(Int32Array.of(5))).rejects.toThrow(/cut short/)
    await stored!.close()
  })

  test('may go while clips are read', async () => {
    mkdirSync(path('gone'))
    const store = await StoreFolder.open(path('gone'), 1000)
    rmdirSync(path('gone'))
    const uncaught: unknown[] = []
    const note = (reason: unknown) => uncaught.push(reason)
    process.on('unhandledRejection', note)
    store.add(2000)
    await delay(100)
    process.off('unhandledRejection', note)
    expect(uncaught).toEqual([])
  })

  test('stays below its limit: what was used longest ago goes first', async () => {
    mkdirSync(path('bounded'))
    for (let clip = 0; clip < 10; clip++) {
      const file = path(`bounded/${clip}.frames`)
      writeFileSync(file, Buffer.alloc(1000))
      utimesSync(file, 1000 + clip, 1000 + clip)
    }
    writeFileSync(path('bounded/old.partial'), '')
    utimesSync(path('bounded/old.partial'), 1000, 1000)
    const store = await StoreFolder.open(path('bounded'), 20_000)
    expect(store.bytes).toBe(10_000)
    expect(files('bounded').some((file) => file.endsWith('.partial'))).toBe(false)
    const bounded = await StoreFolder.open(path('bounded'), 5_000)
    expect(bounded.bytes).toBeLessThanOrEqual(5_000)
    expect(readdirSync(path('bounded')).sort()).toEqual(['6.frames', '7.frames', '8.frames', '9.frames'])
    expect(files('bounded').reduce((sum, file) => sum + statSync(file).size, 0)).toBe(bounded.bytes)
  })
})
