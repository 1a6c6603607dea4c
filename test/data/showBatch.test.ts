import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HumanError } from '../../src/HumanError'
import { decodeConfig } from '../../src/config/parse'
import { contactSheet, encodePng } from '../../src/data/contactSheet'
import type { Picture } from '../../src/data/contactSheet'
import { readDataset } from '../../src/data/dataset'
import type { Footage } from '../../src/data/footage'
import { ClipReader } from '../../src/data/reader'
import { showBatch } from '../../src/data/showBatch'
import { trainingRequests } from '../../src/data/trainingRequests'
import { totalIterations } from '../../src/schedule/iterations'
import { makePlan } from '../../src/schedule/plan'
import { buildWorker, encodeCounting, ffmpeg, processesNaming, temporaryFolder } from './ffmpegTools'

const folder = temporaryFolder()
const trainClips = 12
let workerFile: string

const config = decodeConfig({
  data: {
    train: join(folder.path, 'train'),
    frames: 8,
    stride: 2,
    crop: 32,
    jitter: [36, 40],
    workers: 2,
  },
  train: { batch: 2, epochs: 12, steps: [0, 6, 9] },
})
const plan = makePlan(config)

beforeAll(async () => {
  workerFile = await buildWorker(folder.path)
  for (let clip = 0; clip < trainClips; clip++) {
    const of = join(folder.path, 'train', clip % 2 === 0 ? 'even' : 'odd <b>')
    mkdirSync(of, { recursive: true })
    const file = join(of, `${String(clip).padStart(2, '0')} 'q'.mp4`)
    encodeCounting({ file, frames: 30 + 2 * clip, width: 64, height: 48 })
  }
})
afterAll(folder.remove)

function show(options: Partial<Parameters<typeof showBatch>[0]> = {}) {
  const { signal } = new AbortController()
  return showBatch({ config, iteration: 0, offset: 0, trainClips, ffmpeg, signal, workerFile, ...options })
}

/** The pixels of a PNG, as ffmpeg reads it. */
function decoded(png: Buffer): Uint8Array {
  const { stdout } = spawnSync(
    ffmpeg,
    ['-v', 'error', '-f', 'png_pipe', '-i', 'pipe:0', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
    { input: png, maxBuffer: 2 ** 28 },
  )
  return new Uint8Array(stdout)
}

/** The square at a row and column of a sheet whose frames have an edge of two pixels around them. */
function frameAt({ pixels, width }: Picture, size: number, row: number, column: number): Uint8Array {
  const lines = Array.from({ length: size }, (_, line) => {
    const from = ((2 + row * (size + 2) + line) * width + 2 + column * (size + 2)) * 3
    return pixels.subarray(from, from + size * 3)
  })
  return Buffer.concat(lines)
}

const nameOf = (footage: Footage) => (footage.kind === 'video' ? basename(footage.file) : footage.folder)

describe('a contact sheet', () => {
  test('is a PNG in which every frame has its place, the last row being shorter', async () => {
    const size = 5
    const pixels = Uint8Array.from({ length: 7 * size * size * 3 }, (_, i) => (i * 37) % 256)
    const sheet = contactSheet({ pixels, size, columns: 3 })
    expect([sheet.width, sheet.height]).toEqual([3 * 7 + 2, 3 * 7 + 2])
    const seen = { ...sheet, pixels: decoded(await encodePng(ffmpeg, sheet)) }
    expect(seen.pixels).toEqual(sheet.pixels)
    for (let frame = 0; frame < 7; frame++) {
      const from = frame * size * size * 3
      expect(new Uint8Array(frameAt(seen, size, Math.floor(frame / 3), frame % 3))).toEqual(
        pixels.subarray(from, from + size * size * 3),
      )
    }
    expect(new Set(frameAt(seen, size, 2, 2))).toEqual(new Set([48]))
  })
})

describe('the batch of an iteration', () => {
  test.each([0, 5, totalIterations(plan, trainClips) - 1])(
    'number %i holds what a reader that keeps clips gives the trainer, row by row',
    async (iteration) => {
      const { png, shape, clips } = await show({ iteration })
      const dataset = await readDataset(config.data)
      const request = trainingRequests({ dataset, config, plan, start: iteration, offset: 0 }).next().value!
      const keeping = { ffmpeg, workers: 1, cacheBytes: 2 ** 28, workerFile, onProblem: () => undefined }
      const reader = new ClipReader(keeping)
      const batch = await reader.read(request)
      await reader.close()
      expect(shape).toEqual(batch.shape)
      const width = shape.frames * (shape.size + 2) + 2
      const sheet = { pixels: decoded(png), width, height: shape.batch * (shape.size + 2) + 2 }
      expect(sheet.pixels.length).toBe(width * sheet.height * 3)
      const frameBytes = shape.size ** 2 * 3
      for (const [row, clip] of batch.clips.entries()) {
        expect(clips[row]).toEqual({
          footage: dataset.train[clip]!.footage,
          classes: [Number(nameOf(dataset.train[clip]!.footage).slice(0, 2)) % 2 === 0 ? 'even' : 'odd <b>'],
        })
        for (let frame = 0; frame < shape.frames; frame++) {
          const from = (row * shape.frames + frame) * frameBytes
          expect(new Uint8Array(frameAt(sheet, shape.size, row, frame))).toEqual(
            batch.pixels.slice(from, from + frameBytes),
          )
        }
      }
    },
  )

  test('is the same whether the training comes to it or begins with it', async () => {
    const dataset = await readDataset(config.data)
    const all = [...trainingRequests({ dataset, config, plan, start: 0, offset: 0 })]
    expect(all).toHaveLength(totalIterations(plan, trainClips))
    for (const [start, request] of all.entries()) {
      expect(trainingRequests({ dataset, config, plan, start, offset: 0 }).next().value).toEqual(request)
      const later = { dataset, config, plan, start: start + 7, offset: 7 }
      expect(trainingRequests(later).next().value).toEqual(request)
    }
  })

  test('is refused past the end, and where the data is not that of the run any more', async () => {
    const iteration = totalIterations(plan, trainClips)
    await expect(show({ iteration })).rejects.toThrow(
      new HumanError(`The training has no iteration ${iteration}: it ends before.`),
    )
    await expect(show({ trainClips: 11 })).rejects.toThrow(
      'The run trains on 11 clips, and data.train has 12 by now: its batches cannot be made anew.',
    )
    const data = { ...config.data, train: join(folder.path, 'gone') }
    await expect(show({ config: { ...config, data } })).rejects.toBeInstanceOf(HumanError)
  })

  test('names the clip that could not be read beside the one in its place', async () => {
    const train = join(folder.path, 'damaged')
    for (const name of ['a', 'b']) mkdirSync(join(train, name), { recursive: true })
    for (let clip = 0; clip < trainClips; clip++) {
      encodeCounting({ file: join(train, clip < 6 ? 'a' : 'b', `${clip}.mp4`), frames: 20 })
    }
    writeFileSync(join(train, 'a', '3.mp4'), 'not a video')
    const damaged = { ...config, data: { ...config.data, train } }
    const dataset = await readDataset(damaged.data)
    const at = [...trainingRequests({ dataset, config: damaged, plan, start: 0, offset: 0 })].findIndex(
      ({ samples }) => samples.some(({ clip }) => nameOf(dataset.train[clip]!.footage) === '3.mp4'),
    )
    const { clips } = await show({ config: damaged, iteration: at })
    const replaced = clips.filter(({ inPlaceOf }) => inPlaceOf)
    expect(replaced.map(({ inPlaceOf, footage }) => [nameOf(inPlaceOf!), nameOf(footage)])).toEqual([
      ['3.mp4', '4.mp4'],
    ])
  })

  test('that is cancelled ends with the reason, and leaves no ffmpeg behind', async () => {
    const hangs = join(folder.path, 'hangs')
    writeFileSync(hangs, '#!/bin/sh\nexec tail -f "$0"\n')
    chmodSync(hangs, 0o755)
    const abort = new AbortController()
    const shown = show({ ffmpeg: hangs, signal: abort.signal }).catch((error: unknown) => error)
    await expect.poll(() => processesNaming(hangs).length, { timeout: 20_000 }).toBeGreaterThan(0)
    abort.abort(new Error('enough'))
    expect(await shown).toEqual(new Error('enough'))
    expect(processesNaming(hangs)).toEqual([])
    rmSync(hangs)
  })
})
