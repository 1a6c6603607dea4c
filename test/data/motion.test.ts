import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generate } from '../../examples/motion/generate.mjs'
import type { Frames } from '../../src/data/cut'
import { readDataset } from '../../src/data/dataset'
import type { Dataset } from '../../src/data/dataset'
import { decodeWhole } from '../../src/data/decodeWhole'
import { ffmpeg, temporaryFolder, videoOf } from './ffmpegTools'
import { logisticAccuracy } from './logistic'
import { appearance, luminance, motionField } from './motionStatistics'

const folder = temporaryFolder()
const out = join(folder.path, 'data')
const small = { out, ffmpeg, train: 8, val: 4, size: 64, frames: 24, seed: 3 }
let dataset: Dataset

beforeAll(async () => {
  await generate(small)
  dataset = await readDataset({ train: join(out, 'train'), val: join(out, 'val') })
}, 120_000)
afterAll(folder.remove)

async function decode(file: string): Promise<Frames> {
  const { signal } = new AbortController()
  const video = await decodeWhole({
    ffmpeg,
    footage: { kind: 'video', file },
    shortSide: 64,
    signal,
    maxSeconds: 60,
    maxBytes: 2 ** 26,
  })
  if (typeof video === 'string') throw new Error('A motion clip is short.')
  return video.frames
}

/** One vector of features per item, and the label of its clip. */
async function features(split: 'train' | 'val', of: (frames: Frames) => number[][]) {
  const perClip = await Promise.all(
    dataset[split].map(async (clip) =>
      of(await decode(videoOf(clip))).map((vector) => ({ vector, label: clip.labels[0]! })),
    ),
  )
  return perClip.flat()
}

describe('the motion data set', () => {
  test('is a folder per class, with as many clips as asked for, all alike in size and length', async () => {
    expect(dataset.classes).toEqual([
      'clockwise',
      'counter-clockwise',
      'down',
      'left',
      'right',
      'up',
      'zoom-in',
      'zoom-out',
    ])
    expect([dataset.train.length, dataset.val.length, dataset.remarks]).toEqual([64, 32, []])
    for (const clip of dataset.val) {
      const { count, width, height } = await decode(videoOf(clip))
      expect([count, width, height]).toEqual([24, 64, 64])
    }
  })

  test('is left alone when it is there, and made anew when it is not what was asked for', async () => {
    const clip = videoOf(dataset.train[0]!)
    const made = statSync(clip).mtimeMs
    expect(await generate(small)).toBe(0)
    expect(statSync(clip).mtimeMs).toBe(made)
    const other = { ...small, out: join(folder.path, 'other'), train: 1, val: 0 }
    expect(await generate(other)).toBe(8)
    expect(await generate({ ...other, seed: 4 })).toBe(8)
  })

  test('is the same to the byte for the same seed, whatever else is made beside it', async () => {
    const again = join(folder.path, 'again')
    await generate({ ...small, out: again, train: 1, val: 1 })
    const name = 'train/left/left-000.mp4'
    expect(readFileSync(join(again, name))).toEqual(readFileSync(join(out, name)))
  })

  test('says what to do when there is no ffmpeg, and what ffmpeg said when it fails', async () => {
    const nowhere = { ...small, out: join(folder.path, 'failing') }
    await expect(generate({ ...nowhere, ffmpeg: join(folder.path, 'none') })).rejects.toThrow(
      /Cannot run .*none \(ENOENT\)\. Install ffmpeg/,
    )
    mkdirSync(join(folder.path, 'blocked'))
    writeFileSync(join(folder.path, 'blocked', 'train'), '')
    await expect(generate({ ...nowhere, size: 63 })).rejects.toThrow(/ended with 1: .*not divisible by 2/)
  })

  test('does not give its class away in a single frame', async () => {
    const everySixth = ({ pixels, count, width, height }: Frames) =>
      [0, 6, 12, 18, 23]
        .filter((frame) => frame < count)
        .map((frame) => appearance(luminance(pixels, frame, width, height), width, height))
    const accuracy = logisticAccuracy(
      await features('train', everySixth),
      await features('val', everySixth),
      8,
    )
    // Chance is 12.5 %; 160 frames of 32 clips scatter by some 5 %.
    expect(accuracy).toBeLessThan(0.25)
  })

  test('gives its class away in how frames follow each other', async () => {
    const flow = ({ pixels, width, height }: Frames) => [motionField(pixels, width, height)]
    const accuracy = logisticAccuracy(await features('train', flow), await features('val', flow), 8)
    expect(accuracy).toBeGreaterThan(0.8)
  })

  test('moves where its class says, as seen on the screen', async () => {
    const mean: number[][] = dataset.classes.map(() => Array<number>(4).fill(0))
    for (const clip of dataset.train) {
      const [label] = clip.labels
      const { pixels, width, height } = await decode(videoOf(clip))
      motionField(pixels, width, height).forEach((value, index) => (mean[label!]![index]! += value / 8))
    }
    const of = (name: string) => mean[dataset.classes.indexOf(name)]!
    const [right, down, clockwise, out] = [0, 1, 2, 3] as const
    expect(of('right')[right]).toBeGreaterThan(0.2)
    expect(of('left')[right]).toBeLessThan(-0.2)
    expect(of('down')[down]).toBeGreaterThan(0.2)
    expect(of('up')[down]).toBeLessThan(-0.2)
    expect(of('clockwise')[clockwise]).toBeGreaterThan(0.01)
    expect(of('counter-clockwise')[clockwise]).toBeLessThan(-0.01)
    expect(of('zoom-in')[out]).toBeGreaterThan(0.005)
    expect(of('zoom-out')[out]).toBeLessThan(-0.005)
  })
})
