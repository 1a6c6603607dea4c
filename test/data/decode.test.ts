import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeWhole } from '../../src/data/decodeWhole'
import { decodeWindow } from '../../src/data/decodeWindow'
import type { Frames } from '../../src/data/cut'
import {
  encode,
  encodeCounting,
  ffmpeg,
  frameOf,
  plain,
  runTool,
  temporaryFolder,
  turnQuarter,
} from './ffmpegTools'

const folder = temporaryFolder()
afterAll(folder.remove)
const path = (name: string) => join(folder.path, name)
const { signal } = new AbortController()
const base = { ffmpeg, shortSide: 1000, signal }

async function whole(file: string, shortSide = 1000): Promise<Frames> {
  const video = await decodeWhole({
    ...base,
    footage: { kind: 'video', file },
    shortSide,
    maxSeconds: 60,
    maxBytes: 2 ** 28,
  })
  if (typeof video === 'string') throw new Error('The video was expected to be read whole.')
  return video.frames
}

/** Frame numbers of a counting video, read off the pixel in the middle. */
function numbers({ pixels, count, width, height }: Frames): number[] {
  const middle = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 3
  return Array.from({ length: count }, (_, frame) => frameOf(pixels[frame * width * height * 3 + middle]!))
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('decoding a whole video', () => {
  beforeAll(() => encodeCounting({ file: path('plain.mp4'), frames: 48 }))

  test('gives every frame once, in order', async () => {
    const frames = await whole(path('plain.mp4'))
    expect([frames.width, frames.height]).toEqual([32, 24])
    expect(numbers(frames)).toEqual(upTo(48))
  })

  test('gives every frame once when B-frames are stored out of order', async () => {
    const output = ['-qp', '4', '-preset', 'medium', '-bf', '3', '-pix_fmt', 'yuv420p']
    encodeCounting({ file: path('bframes.mp4'), frames: 40, output })
    expect(numbers(await whole(path('bframes.mp4')))).toEqual(upTo(40))
  })

  test.each(['mkv', 'avi', 'webm'])('reads .%s', async (extension) => {
    const output = extension === 'webm' ? ['-c:v', 'libvpx', '-b:v', '2M', '-pix_fmt', 'yuv420p'] : []
    encodeCounting({ file: path(`other.${extension}`), frames: 20, output })
    expect(numbers(await whole(path(`other.${extension}`)))).toEqual(upTo(20))
  })

  test('neither repeats nor drops frames of a variable rate', async () => {
    const file = path('variable.mkv')
    encodeCounting({ file, frames: 30, output: ['-vf', "setpts='(N+10*gt(N,12)+0.3*mod(N,3))/24/TB'"] })
    expect(numbers(await whole(file))).toEqual(upTo(30))
  })

  test('scales the shorter side down, never up', async () => {
    encodeCounting({ file: path('wide.mp4'), frames: 2, width: 64, height: 32 })
    encodeCounting({ file: path('tall.mp4'), frames: 2, width: 32, height: 64 })
    const sides = async (name: string, side: number) => {
      const { width, height } = await whole(path(name), side)
      return [width, height]
    }
    expect(await sides('wide.mp4', 16)).toEqual([32, 16])
    expect(await sides('tall.mp4', 16)).toEqual([16, 32])
    expect(await sides('wide.mp4', 100)).toEqual([64, 32])
  })

  test('shows a rotated video as a player does', async () => {
    // The left third is white; turned by a quarter clockwise it is at the top.
    const pixels = plain(0, 48, 24)
    for (let row = 0; row < 24; row++) pixels.fill(255, row * 48 * 3, (row * 48 + 16) * 3)
    encode({ file: path('upright.mp4'), frames: [pixels, pixels], width: 48, height: 24 })
    turnQuarter(path('upright.mp4'), path('turned.mp4'))
    const { pixels: shown, width, height } = await whole(path('turned.mp4'))
    expect([width, height]).toEqual([24, 48])
    const row = (y: number) => shown[(y * 24 + 12) * 3]! > 128
    expect([row(2), row(12), row(30), row(45)]).toEqual([true, true, false, false])
  })

  test('does not mind names that a shell or an option parser would', async () => {
    const names = [
      'a b.mp4',
      `it's "quoted".mp4`,
      '日本 é ü.mp4',
      'two\nlines.mp4',
      '-i.mp4',
      '%03d.mp4',
      '$(x);&.mp4',
      'a:b|c.mp4',
    ]
    for (const name of names) {
      copyFileSync(path('plain.mp4'), path(name))
      expect((await whole(path(name))).count, name).toBe(48)
    }
  })

  test('uses what is left of a damaged video', async () => {
    encodeCounting({ file: path('fast.mp4'), frames: 40, output: ['-movflags', '+faststart', '-g', '4'] })
    const bytes = readFileSync(path('fast.mp4'))
    writeFileSync(path('cut.mp4'), bytes.subarray(0, Math.floor(bytes.length * 0.85)))
    const shown = numbers(await whole(path('cut.mp4')))
    expect(shown.length).toBeGreaterThan(19)
    expect(shown.length).toBeLessThan(40)
    expect(shown.slice(0, 18)).toEqual(upTo(18))
  })
})

describe('a video that cannot be used says why', () => {
  beforeAll(() => {
    encodeCounting({ file: path('good.mp4'), frames: 48 })
    writeFileSync(path('empty.mp4'), '')
    writeFileSync(path('page.mp4'), '<html>404 Not Found</html>'.repeat(300))
    const bytes = readFileSync(path('good.mp4'))
    writeFileSync(path('truncated.mp4'), bytes.subarray(0, bytes.length / 2))
    runTool(['-f', 'lavfi', '-i', 'sine=duration=1', path('sound.m4a')])
    writeFileSync(path('playlist.mp4'), '#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n')
  })

  test.each([
    ['empty.mp4', /^the file is empty$/],
    ['page.mp4', /Invalid data/],
    ['truncated.mp4', /moov atom not found/],
    ['sound.m4a', /matches no streams|no video/],
    ['gone.mp4', /cannot be opened \(ENOENT\)/],
    ['playlist.mp4', /./],
  ])('%s', async (name, reason) => {
    await expect(whole(path(name))).rejects.toMatchObject({
      name: 'ClipError',
      reason: expect.stringMatching(reason) as unknown,
    })
  })

  test('the reason does not repeat the path', async () => {
    await expect(whole(path('page.mp4'))).rejects.toMatchObject({
      reason: expect.not.stringContaining(folder.path) as unknown,
    })
  })
})

describe('a long video', () => {
  const file = path('long.mp4')
  const footage = { kind: 'video', file } as const
  const rate = 30000 / 1001
  beforeAll(() =>
    encodeCounting({
      file,
      frames: 56,
      fps: rate,
      output: ['-g', '9', '-bf', '2', '-preset', 'fast'],
    }),
  )

  test('is not decoded whole when its header or its frames say that it is too much', async () => {
    expect(await decodeWhole({ ...base, footage, maxSeconds: 1, maxBytes: 2 ** 28 })).toBe('too long')
    expect(await decodeWhole({ ...base, footage, maxSeconds: 60, maxBytes: 20_000 })).toBe('too large')
  })

  test('gives the very frames of a window, wherever it starts', async () => {
    for (const [first, stride, count] of [
      [0, 1, 5],
      [1, 2, 6],
      [13, 3, 8],
      [30, 4, 7],
      [50, 1, 6],
    ] as const) {
      const window = await decodeWindow({ ...base, footage, rate, first, stride, count })
      expect(numbers(window), `from ${first}`).toEqual(upTo(count).map((index) => first + index * stride))
    }
  })

  test('holds its last frame at its end, and gives it alone where the header promises more', async () => {
    const options = { ...base, footage, rate, stride: 2, count: 8 }
    expect(numbers(await decodeWindow({ ...options, first: 50 }))).toEqual([50, 52, 54, 55, 55])
    expect(numbers(await decodeWindow({ ...options, first: 60 }))).toEqual([55])
    expect(numbers(await decodeWindow({ ...options, first: 2000 }))).toEqual([55])
  })
})
