import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { utimes } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkDataset } from '../../../src/data/check/checkDataset'
import type { CheckProgress, Checked, CheckOptions } from '../../../src/data/check/checkDataset'
import { clipFacts } from '../../../src/data/check/clipFacts'
import { indexFile } from '../../../src/data/check/CheckIndex'
import type { Footage } from '../../../src/data/footage'
import {
  encode,
  encodeCounting,
  ffmpeg,
  plain,
  processesNaming,
  runTool,
  temporaryFolder,
  turnQuarter,
  videoClip,
} from '../ffmpegTools'

const folder = temporaryFolder()
afterAll(folder.remove)
const path = (name: string) => join(folder.path, name)
const never = new AbortController().signal

let indices = 0
const newIndex = (): string => indexFile(path(`schedule-${indices++}/x.multigrid.json`))

function check(footage: readonly Footage[], options: Partial<CheckOptions> = {}): Promise<Checked> {
  const dataset = { train: footage.map((one) => ({ footage: one, labels: [0] })), val: [] }
  return checkDataset({
    dataset,
    ffmpeg,
    workers: 2,
    index: newIndex(),
    quick: false,
    signal: never,
    ...options,
  })
}

const video = (file: string): Footage => ({ kind: 'video', file })

/** What is found in one file, and what it means for a clip that is the whole of it. */
async function factsOf(name: string, options: Partial<CheckOptions> = {}) {
  const footage = video(path(name))
  return clipFacts(footage, (await check([footage], options)).found)
}

/** Moving noise, which does not compress away: half of the bytes are about half of the frames. */
function encodeNoise(file: string, output: readonly string[] = []): void {
  let seed = 1
  const frames = Array.from({ length: 48 }, () => {
    const pixels = plain(0, 64, 48)
    for (let index = 0; index < pixels.length; index++)
      pixels[index] = (seed = (seed * 48271) % 2147483647) & 255
    return pixels
  })
  encode({ file, frames, width: 64, height: 48, output: ['-g', '4', ...output] })
}

/** A copy of which only this share has arrived. */
function cut(from: string, to: string, share: number): void {
  const bytes = readFileSync(path(from))
  writeFileSync(path(to), bytes.subarray(0, bytes.length * share))
}

describe('a video is read to its end', () => {
  beforeAll(() => {
    encodeNoise(path('good.mp4'), ['-movflags', '+faststart'])
    encodeNoise(path('good.mkv'))
    cut('good.mp4', 'cut.mp4', 0.55)
    cut('good.mkv', 'cut.mkv', 0.55)
  })

  test('and is told by its length, size, rate and codec', async () => {
    for (const name of ['good.mp4', 'good.mkv']) {
      expect(await factsOf(name), name).toEqual({
        seconds: 2,
        frames: 48,
        width: 64,
        height: 48,
        rate: 24,
        codec: 'h264',
        varies: false,
      })
    }
  })

  test('as it is shown, where it is rotated', async () => {
    encodeCounting({ file: path('upright.mp4'), frames: 3, width: 48, height: 24 })
    turnQuarter(path('upright.mp4'), path('turned.mp4'))
    expect(await factsOf('turned.mp4')).toMatchObject({ width: 24, height: 48 })
    expect(await factsOf('turned.mp4', { quick: true })).toMatchObject({ width: 24, height: 48 })
  })

  test.each(['cut.mp4', 'cut.mkv'])('and is damaged where the file was cut: %s', async (name) => {
    const { frames, damaged, unreadable } = await factsOf(name)
    expect(unreadable).toBeUndefined()
    expect(frames).toBeGreaterThan(23)
    expect(frames).toBeLessThan(28)
    expect(damaged).toMatch(
      /^ends after 2\d of the 48 frames that its header promises; .*(partial|prematurely|Invalid)/,
    )
  })

  test('and is unreadable where training would not use what is left of it', async () => {
    for (const name of ['half.mp4', 'half.mkv']) {
      cut(name.replace('half', 'good'), name, 0.48)
      expect((await factsOf(name)).unreadable, name).toMatch(/^only 2\d of 48 frames can be decoded: ./)
    }
  })

  test('and is damaged where packets in its middle are broken', async () => {
    const bytes = readFileSync(path('good.mkv'))
    bytes.fill(0x55, bytes.length * 0.4, bytes.length * 0.45)
    writeFileSync(path('broken.mkv'), bytes)
    expect((await factsOf('broken.mkv')).damaged).toMatch(/[a-z]/)
  })

  test('and its rate varies where some frames are shown much longer', async () => {
    const longer = ['-vf', "setpts='(N+gt(N,24)*(N-24))/24/TB'", '-fps_mode', 'passthrough']
    for (const name of ['slower.mp4', 'slower.mkv']) {
      encodeCounting({ file: path(name), frames: 48, output: longer })
      expect(await factsOf(name), name).toMatchObject({ frames: 48, varies: true })
    }
  })

  test('and its rate does not vary for one frame that was dropped', async () => {
    const skip = ['-vf', "setpts='(N+gt(N,40))/24/TB'", '-fps_mode', 'passthrough']
    encodeCounting({ file: path('skip.mkv'), frames: 100, output: skip })
    expect(await factsOf('skip.mkv')).toMatchObject({ frames: 100, varies: false })
  })

  test('or by its header alone, where that is enough', async () => {
    const quick = await factsOf('cut.mp4', { quick: true })
    expect(quick).toMatchObject({ seconds: 2, frames: 48, width: 64, height: 48, rate: 24 })
    expect(quick.damaged).toBeUndefined()
  })

  test('and a clip that is a part of it is as long as that part', async () => {
    const { found } = await check([video(path('good.mp4'))])
    const part = (from: number, to: number) =>
      clipFacts({ kind: 'video', file: path('good.mp4'), part: [from, to] }, found)
    expect(part(0.5, 1.5)).toMatchObject({ seconds: 1, frames: 24 })
    expect(part(0.5, 1.5).damaged).toBeUndefined()
    expect(part(1, 9)).toMatchObject({
      seconds: 1,
      damaged: 'ends at 2.0 s, where the list names it up to 9 s',
    })
  })
})

describe('a video that cannot be used says why', () => {
  beforeAll(() => {
    encodeCounting({ file: path('plain.mp4'), frames: 48 })
    writeFileSync(path('empty.mp4'), '')
    writeFileSync(path('page.mp4'), '<html>404 Not Found</html>'.repeat(300))
    cut('plain.mp4', 'headless.mp4', 0.5)
    runTool(['-f', 'lavfi', '-i', 'sine=duration=1', path('sound.m4a')])
    copyFileSync(path('sound.m4a'), path('sound.mp4'))
    writeFileSync(path('playlist.mp4'), '#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n')
  })

  test.each([
    ['empty.mp4', /^the file is empty$/],
    ['page.mp4', /Invalid data/],
    ['headless.mp4', /moov atom not found/],
    ['sound.mp4', /matches no streams|no video/],
    ['gone.mp4', /cannot be opened \(ENOENT\)/],
    ['playlist.mp4', /./],
  ])('%s', async (name, reason) => {
    for (const quick of [false, true]) {
      expect((await factsOf(name, { quick })).unreadable).toMatch(reason)
    }
  })

  test('and names that a shell or an option parser would mind do not matter', async () => {
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
    for (const name of names) copyFileSync(path('plain.mp4'), path(name))
    const index = newIndex()
    const { found } = await check(
      names.map((name) => video(path(name))),
      { index },
    )
    for (const name of names)
      expect(found.get(path(name)), name).toMatchObject({ at: 'video', frames: 48, complaints: [] })
    expect(
      (
        await check(
          names.map((name) => video(path(name))),
          { index },
        )
      ).read,
    ).toBe(0)
  })

  test('a decoder that is missing is one sentence', async () => {
    const checked = check([video(path('plain.mp4'))], { ffmpeg: path('no-ffmpeg') })
    await expect(checked).rejects.toThrow(/^Videos cannot be decoded: ffmpeg could not be started .*ENOENT/)
  })
})

describe('a folder of pictures', () => {
  const numbers = [0, 1, 2, 4, 5, 6, 7]
  const make = (name: string): Footage => {
    mkdirSync(path(name), { recursive: true })
    runTool(['-f', 'lavfi', '-i', 'testsrc2=s=64x48:d=1', '-frames:v', '1', path('one.jpg')])
    for (const number of numbers) copyFileSync(path('one.jpg'), join(path(name), `img_%03d ${number}.jpg`))
    return { kind: 'pictures', folder: path(name) }
  }

  test('is counted, and says which numbers it lacks', async () => {
    const footage = make('some pictures')
    const { found } = await check([footage])
    expect(clipFacts(footage, found)).toEqual({
      frames: 7,
      width: 64,
      height: 48,
      codec: 'mjpeg',
      damaged: 'a number is left out among its pictures',
    })
    expect(clipFacts({ ...footage, count: 5 } as Footage, found)).toMatchObject({ frames: 5 })
    expect(clipFacts({ ...footage, count: 9 } as Footage, found).damaged).toMatch(/^has 7 of the 9 pictures/)
  })

  test('names the picture that is broken, and is unreadable when all that are looked at are', async () => {
    const footage = make('broken pictures')
    writeFileSync(join(path('broken pictures'), 'img_%03d 7.jpg'), '')
    const { found } = await check([footage])
    expect(clipFacts(footage, found).damaged).toMatch(/img_%03d 7\.jpg: /)
    for (const number of numbers) writeFileSync(join(path('broken pictures'), `img_%03d ${number}.jpg`), '')
    expect(clipFacts(footage, (await check([footage])).found).unreadable).toMatch(/img_%03d 0\.jpg: /)
  })

  test('without pictures is unreadable', async () => {
    mkdirSync(path('nothing'), { recursive: true })
    const footage: Footage = { kind: 'pictures', folder: path('nothing') }
    expect(clipFacts(footage, (await check([footage])).found).unreadable).toBe(
      'the folder holds no numbered pictures',
    )
  })
})

describe('what was found is kept', () => {
  const clips = Array.from({ length: 6 }, (_, index) => path(`set/clip ${index}.mp4`))
  beforeAll(() => {
    mkdirSync(path('set'))
    encodeCounting({ file: path('short.mp4'), frames: 8 })
    for (const clip of clips) copyFileSync(path('short.mp4'), clip)
  })
  const all = clips.map(video)
  const linesOf = (index: string) => readFileSync(index, 'utf8').trimEnd().split('\n')

  test('so that nothing is read twice, unless it has changed', async () => {
    const index = newIndex()
    expect((await check(all, { index })).read).toBe(6)
    expect((await check(all, { index })).read).toBe(0)
    encodeCounting({ file: clips[2]!, frames: 12 })
    await utimes(clips[3]!, 1, 1)
    const again = await check(all, { index })
    expect(again.read).toBe(2)
    expect(again.found.get(clips[2]!)).toMatchObject({ frames: 12 })
    expect(linesOf(index)).toHaveLength(6)
  })

  test('beside the schedule, so that its folder can be moved', async () => {
    const index = newIndex()
    await check(all, { index })
    expect(linesOf(index).every((line) => !line.includes(folder.path))).toBe(true)
  })

  test('and goes when the file has gone, but not with another schedule of the folder', async () => {
    const index = newIndex()
    const extra = path('set/extra.mp4')
    copyFileSync(path('short.mp4'), extra)
    await check([...all, video(extra)], { index })
    await check(all.slice(0, 2), { index })
    expect(linesOf(index)).toHaveLength(7)
    rmSync(extra)
    await check(all.slice(0, 2), { index })
    expect(linesOf(index)).toHaveLength(6)
  })

  test('when the check is stopped, and it goes on from there, without what was torn', async () => {
    const index = newIndex()
    const abort = new AbortController()
    const stopped = check(all, {
      index,
      workers: 1,
      signal: abort.signal,
      onProgress: ({ done }) => {
        if (done === 3) abort.abort(new Error('stopped by the person'))
      },
    })
    await expect(stopped).rejects.toThrow('stopped by the person')
    expect(processesNaming(path('set'))).toEqual([])
    expect(linesOf(index)).toHaveLength(3)
    appendFileSync(index, '{"v":1,"source":"../set/cl')
    const told: CheckProgress[] = []
    const { found, read } = await check(all, { index, onProgress: (progress) => told.push(progress) })
    expect([found.size, read]).toEqual([6, 3])
    expect(told.map(({ done }) => done)).toEqual([3, 4, 5, 6])
    expect(told.at(-1)).toMatchObject({ total: 6, share: 1, secondsLeft: 0, unreadable: 0 })
    expect(linesOf(index)).toHaveLength(6)
  })

  test('as far as it goes: headers are no full check, a full check knows the headers', async () => {
    const index = newIndex()
    expect((await check(all, { index, quick: true })).read).toBe(6)
    expect((await check(all, { index })).read).toBe(6)
    expect((await check(all, { index, quick: true })).read).toBe(0)
  })

  test('unless it was the machine that failed, and not the file', async () => {
    const index = newIndex()
    const killed = path('ffmpeg that is killed')
    writeFileSync(killed, '#!/bin/sh\nkill -9 $$\n', { mode: 0o755 })
    const { found } = await check(all, { index, ffmpeg: killed })
    expect(found.get(clips[0]!)).toEqual({
      at: 'unreadable',
      reason: 'ffmpeg was ended from outside (SIGKILL)',
    })
    expect((await check(all, { index })).read).toBe(6)
    expect((await check(all, { index })).read).toBe(0)
  })

  test('unless the lines are no entries, which harms nothing', async () => {
    const index = newIndex()
    await check(all, { index })
    const lines = linesOf(index)
    writeFileSync(
      index,
      ['null', '{"v":2}', 'x', lines[0]!.replace('"bytes":', '"bytes":-'), ...lines.slice(1)].join('\n'),
    )
    expect((await check(all, { index })).read).toBe(1)
    expect(linesOf(index)).toHaveLength(6)
  })

  test('and a folder that cannot be written is a remark, no failure', async () => {
    const index = newIndex()
    mkdirSync(index, { recursive: true })
    const { read, remarks } = await check(all, { index })
    expect(read).toBe(6)
    expect(remarks).toEqual([expect.stringMatching(/cannot be written \(EISDIR\)/)])
  })
})

const shared = join(import.meta.dirname, '../../../../shared/videos')

describe.skipIf(!existsSync(shared))('videos as people have them', () => {
  test('are found as they are', async () => {
    const names = ['part_0.mp4', 'pancake.mkv', 'test.avi', 'test.mp4', 'rot_90.mov', 'corrupted.mp4']
    const { found } = await check(names.map((name) => video(join(shared, name))))
    const facts = new Map([...found].map(([file]) => [basename(file), clipFacts(video(file), found)]))
    expect(facts.get('test.mp4')).toMatchObject({
      frames: 300,
      seconds: 10,
      width: 340,
      height: 256,
      varies: false,
    })
    expect(facts.get('pancake.mkv')).toMatchObject({ frames: 310, varies: false })
    expect(facts.get('rot_90.mov')).toMatchObject({ width: 320, height: 568, varies: false })
    expect(facts.get('test.avi')).toMatchObject({ codec: 'mpeg4', rate: 25, varies: false })
    expect(facts.get('corrupted.mp4')?.damaged).toMatch(/NAL|decoding/)
    const whole = names.filter((name) => name !== 'corrupted.mp4')
    expect(whole.filter((name) => facts.get(name)?.damaged !== undefined)).toEqual([])
  })
})

// videoClip is how other tests write such a clip; a check takes it as it is.
test('clips of training and validation that are one file are read once', async () => {
  const clip = videoClip(path('short.mp4'), 0)
  const dataset = { train: [clip, clip], val: [clip] }
  const { read } = await checkDataset({
    dataset,
    ffmpeg,
    workers: 2,
    index: newIndex(),
    quick: false,
    signal: never,
  })
  expect(read).toBe(1)
})
