import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { HumanError } from '../../src/HumanError'
import type { Clip } from '../../src/data/dataset'
import { ClipReader } from '../../src/data/reader'
import type { ClipBatch, ClipProblem, ClipReaderOptions } from '../../src/data/reader'
import { evaluationRequests, trainRequest } from '../../src/data/requests'
import { epochOrder, evaluationSample } from '../../src/data/sampling'
import { StoreFolder } from '../../src/data/StoreFolder'
import {
  buildWorker,
  encodeCounting,
  ffmpeg,
  frameOf,
  processesNaming,
  runTool,
  temporaryFolder,
  videoClip,
  videoOf,
} from './ffmpegTools'

const folder = temporaryFolder()
const path = (name: string) => join(folder.path, name)
const shape = { batch: 6, frames: 4, size: 16, jitter: [18, 22] as const }
const readers: ClipReader[] = []
let workerFile: string
let problems: ClipProblem[] = []

beforeAll(async () => {
  workerFile = await buildWorker(folder.path)
  for (let clip = 0; clip < 6; clip++) {
    encodeCounting({ file: path(`clip-${clip}.mp4`), frames: 20 + 4 * clip, width: 40, height: 24 })
  }
})
afterEach(async () => {
  problems = []
  await Promise.all(readers.splice(0).map((reader) => reader.close()))
})
afterAll(folder.remove)

function open(options: Partial<ClipReaderOptions> = {}): ClipReader {
  const onProblem = (problem: ClipProblem) => problems.push(problem)
  const reader = new ClipReader({
    ffmpeg,
    workers: 2,
    cacheBytes: 2 ** 24,
    workerFile,
    onProblem,
    ...options,
  })
  readers.push(reader)
  return reader
}

/** A set with a file of every given kind, labelled by position. */
function makeSet(name: string, kinds: readonly ('good' | 'bad')[]): Clip[] {
  mkdirSync(path(name))
  return kinds.map((kind, label) => {
    const file = join(path(name), `${String(label).padStart(2, '0')}-${kind}.mp4`)
    if (kind === 'good') copyFileSync(path(`clip-${label % 6}.mp4`), file)
    else writeFileSync(file, 'not a video')
    return videoClip(file, label)
  })
}

const sixClips = () => Array.from({ length: 6 }, (_, label) => videoClip(path(`clip-${label}.mp4`), label))

function train(clips: readonly Clip[], epoch: number, batch = clips.length) {
  const order = epochOrder(5, epoch, clips.length)
  return trainRequest({
    clips,
    seed: 5,
    epoch,
    order,
    start: 0,
    shape: { ...shape, batch },
    stride: [1, 4],
    flip: true,
  })
}

function judged(clips: readonly Clip[], views: number, crops: number) {
  return { clips, shape: { ...shape, batch: 4 }, stride: 2, views, crops }
}

function inOrder(clips: readonly Clip[]) {
  const samples = clips.map((_, clip) => evaluationSample({ clip, stride: 2, shortSide: 16 }))
  return { clips, samples, frames: 4, size: 16, decodeSide: 16 }
}

/** The frame numbers that a batch of counting videos shows, clip by clip. */
function shown(batch: ClipBatch): number[][] {
  const frameBytes = batch.shape.size ** 2 * 3
  return batch.clips.map((_, clip) =>
    Array.from({ length: batch.shape.frames }, (_, frame) =>
      frameOf(batch.pixels[(clip * batch.shape.frames + frame) * frameBytes]!),
    ),
  )
}

describe('a batch', () => {
  test('holds the frames of the samples, clip after clip, with their labels', async () => {
    const batch = await open().read(inOrder(sixClips()))
    expect(batch.shape).toEqual({ batch: 6, frames: 4, size: 16 })
    expect(batch.pixels.length).toBe(6 * 4 * 16 * 16 * 3)
    expect([batch.labels, batch.clips, batch.stride]).toEqual([
      [[0], [1], [2], [3], [4], [5]],
      [0, 1, 2, 3, 4, 5],
      2,
    ])
    // The middle of 20, 24, ... frames for a span of seven.
    expect(shown(batch)).toEqual(
      [7, 9, 11, 13, 15, 17].map((first) => [0, 2, 4, 6].map((step) => first + step)),
    )
  })

  test('is the same whatever the number of threads, the cache and what was read before', async () => {
    const reference = (await open({ workers: 1 }).read(train(sixClips(), 3))).pixels
    const busy = open({ workers: 3 })
    for (let epoch = 0; epoch < 3; epoch++) (await busy.read(train(sixClips(), epoch))).release()
    for (const reader of [busy, open({ cacheBytes: 0 }), open({ maxWholeSeconds: 0.1 })]) {
      expect((await reader.read(train(sixClips(), 3))).pixels).toEqual(reference)
    }
    expect((await busy.read(train(sixClips(), 4))).pixels).not.toEqual(reference)
  })

  test('keeps its pixels until it is released, and then lends its memory to the next', async () => {
    const reader = open()
    const first = await reader.read(inOrder(sixClips()))
    const copy = first.pixels.slice()
    const second = await reader.read(train(sixClips(), 1))
    expect(first.pixels).toEqual(copy)
    expect(second.pixels.buffer).not.toBe(first.pixels.buffer)
    first.release()
    first.release()
    const third = await reader.read(train(sixClips(), 2))
    const fourth = await reader.read(train(sixClips(), 2))
    expect(third.pixels.buffer).toBe(first.pixels.buffer)
    expect(fourth.pixels.buffer).not.toBe(first.pixels.buffer)
  })

  test('of evaluation takes every clip once, the last batch being smaller', async () => {
    const reader = open()
    const seen: number[] = []
    for (const request of evaluationRequests(judged(sixClips(), 1, 1))) {
      seen.push(...(await reader.read(request)).clips)
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('of several views shows each clip from its beginning to its end', async () => {
    const reader = open()
    const firsts = new Map<number, number[]>()
    const batches: number[] = []
    for (const request of evaluationRequests(judged(sixClips(), 3, 1))) {
      const batch = await reader.read(request)
      batches.push(batch.clips.length)
      shown(batch).forEach(([first], place) => {
        const clip = batch.clips[place]!
        firsts.set(clip, [...(firsts.get(clip) ?? []), first!])
      })
    }
    expect(batches).toEqual([4, 4, 4, 2, 2, 2])
    // 20, 24, ... frames, of which seven are spanned.
    expect([...firsts]).toEqual(
      [0, 1, 2, 3, 4, 5].map((clip) => [clip, [0, 7 + 2 * clip, 20 + 4 * clip - 7]]),
    )
  })

  test('carries all labels of each clip', async () => {
    const clips = sixClips().map((clip, index) => ({ ...clip, labels: index === 1 ? [] : [0, index + 1] }))
    expect((await open().read(inOrder(clips))).labels).toEqual(clips.map(({ labels }) => labels))
  })

  test('decodes a clip once that is asked for several times at once', async () => {
    const clips = sixClips()
    const reader = open()
    const request = inOrder(clips)
    await reader.read({ ...request, samples: [...request.samples, ...request.samples, ...request.samples] })
    expect(reader.counts).toMatchObject({ decoded: 6, fromMemory: 12 })
  })

  test('comes from disk in the next reader, where there is room for it', async () => {
    const store = () => StoreFolder.open(path('store'), 2 ** 28)
    const options = { cacheBytes: 0, keeping: { memory: 0, disk: 1 } }
    const clips = sixClips()
    const first = open({ ...options, store: await store() })
    const { pixels } = await first.read(inOrder(clips))
    expect(first.counts).toMatchObject({ decoded: 6, fromDisk: 0, fromMemory: 0 })
    expect(first.counts.diskBytes).toBeGreaterThan(6 * 20 * 40 * 24)
    await first.close()
    const second = open({ ...options, store: await store() })
    expect((await second.read(inOrder(clips))).pixels).toEqual(pixels)
    expect(second.counts).toMatchObject({ decoded: 0, fromDisk: 6, fromMemory: 0 })
  })

  test('of a folder that is listed with several numbers of pictures has its own of each', async () => {
    mkdirSync(path('pictures'))
    runTool(['-i', path('clip-5.mp4'), path('pictures/%03d.png')])
    const clips = [8, 30].map((count): Clip => ({
      footage: { kind: 'pictures', folder: path('pictures'), count },
      labels: [0],
    }))
    const reader = open()
    const apart = clips.map((clip) => open().read(inOrder([clip])))
    for (const [index, clip] of clips.entries()) {
      expect(shown(await reader.read(inOrder([clip])))).toEqual(shown(await apart[index]!))
    }
  })

  test('comes from memory the second time: the files may even be gone', async () => {
    const clips = makeSet('vanishing', ['good', 'good'])
    const reader = open()
    const first = (await reader.read(inOrder(clips))).pixels
    for (const clip of clips) writeFileSync(videoOf(clip), '')
    expect((await reader.read(inOrder(clips))).pixels).toEqual(first)
  })
})

describe('a clip that cannot be read', () => {
  test("is replaced by the next one that can, with that one's label, and told once", async () => {
    const clips = makeSet('few-bad', ['good', 'bad', 'good', ...Array<'good'>(8).fill('good'), 'bad'])
    const reader = open()
    for (let epoch = 0; epoch < 2; epoch++) {
      const batch = await reader.read(inOrder(clips))
      expect(batch.clips).toEqual([0, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0])
      expect(batch.labels).toEqual(batch.clips.map((clip) => [clip]))
      expect(batch.asked).toEqual(clips.map((_, clip) => clip))
    }
    expect(problems.map((p) => [basename(p.clip), basename(p.replacedBy)]).sort()).toEqual([
      ['01-bad.mp4', '02-good.mp4'],
      ['11-bad.mp4', '00-good.mp4'],
    ])
    expect(problems[0]!.reason).toMatch(/Invalid data/)
    expect([...reader.unreadable(clips).keys()].sort()).toEqual([1, 11])
  })

  test('stops the run when more than a fifth are like it', async () => {
    const clips = makeSet('many-bad', ['good', 'bad', 'good', 'bad', 'good', 'good'])
    const failure = open().read(inOrder(clips))
    await expect(failure).rejects.toBeInstanceOf(HumanError)
    await expect(failure).rejects.toThrow(
      /2 of \d clips cannot be read\. For example .*bad\.mp4: .*Invalid data.*Repair/,
    )
  })

  test('stops the run when there is no other', async () => {
    await expect(open().read(inOrder(makeSet('all-bad', ['bad', 'bad'])))).rejects.toThrow(
      /^None of the 2 clips can be read\./,
    )
  })
})

describe('without a decoder', () => {
  test('reading stops at once with one sentence, and stays stopped', async () => {
    const reader = open({ ffmpeg: path('no-such-ffmpeg') })
    for (let attempt = 0; attempt < 2; attempt++) {
      const failure = reader.read(inOrder(sixClips()))
      await expect(failure).rejects.toBeInstanceOf(HumanError)
      await expect(failure).rejects.toThrow(
        /ffmpeg could not be started \(.*no-such-ffmpeg: ENOENT\)\. Install ffmpeg/,
      )
    }
    expect(problems).toEqual([])
  })

  test('a worker file that is missing is an error, not a wait for ever', async () => {
    await expect(open({ workerFile: path('none.js') }).read(inOrder(sixClips()))).rejects.toThrow(
      /decoding thread/,
    )
  })
})

describe('ending', () => {
  // A program in ffmpeg's place that never ends by itself stands for a video that takes very long.
  const slow = () => {
    writeFileSync(path('slow-ffmpeg'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 })
    return path('slow-ffmpeg')
  }

  test.runIf(process.platform === 'linux')(
    'close leaves no decoder behind and lets no read hang',
    async () => {
      const before = processesNaming('sleep 600').length
      const reader = open({ ffmpeg: slow() })
      const failure = expect(reader.read(inOrder(sixClips()))).rejects.toThrow(/stopped/)
      await expect.poll(() => processesNaming('sleep 600').length, { timeout: 5000 }).toBe(before + 2)
      await reader.close()
      expect(processesNaming('sleep 600').length).toBe(before)
      await failure
    },
  )

  test.runIf(process.platform === 'linux')(
    'an aborted read kills its decoders and rejects with the reason',
    async () => {
      const before = processesNaming('sleep 600').length
      const reader = open({ ffmpeg: slow() })
      const abort = new AbortController()
      const failure = expect(reader.read(inOrder(sixClips()), abort.signal)).rejects.toThrow('plan edited')
      await expect.poll(() => processesNaming('sleep 600').length, { timeout: 5000 }).toBe(before + 2)
      abort.abort(new Error('plan edited'))
      await failure
      expect(processesNaming('sleep 600').length).toBe(before)
    },
  )

  test('a reader that is closed says so', async () => {
    const reader = open()
    await reader.close()
    await expect(reader.read(inOrder(sixClips()))).rejects.toThrow(/stopped/)
  })
})
