import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { estimateDecoded } from '../../src/data/estimateDecoded'
import type { Clip } from '../../src/data/dataset'
import { encodeCounting, ffmpeg, runTool, temporaryFolder, videoClip } from './ffmpegTools'

const folder = temporaryFolder()
afterAll(folder.remove)
const path = (name: string) => join(folder.path, name)
const { signal } = new AbortController()

beforeAll(() => {
  encodeCounting({ file: path('wide.mp4'), frames: 40, width: 64, height: 32 })
  mkdirSync(path('pictures'))
  runTool(['-i', path('wide.mp4'), path('pictures/%03d.png')])
})

test('what clips take decoded is told by their headers', async () => {
  const whole = videoClip(path('wide.mp4'), 0)
  const part: Clip = { footage: { kind: 'video', file: path('wide.mp4'), part: [0.5, 1] }, labels: [0] }
  const pictures: Clip = { footage: { kind: 'pictures', folder: path('pictures'), count: 10 }, labels: [0] }
  const broken = videoClip(path('none.mp4'), 0)
  const estimate = (clips: readonly Clip[], shortSide = 32) =>
    estimateDecoded({ clips, ffmpeg, shortSide, signal })
  const bytes = async (clips: readonly Clip[], shortSide?: number) => (await estimate(clips, shortSide)).bytes
  expect(await estimate([whole, part], 16)).toMatchObject({ storedSide: 32 })
  expect(await bytes([whole])).toBe(40 * 64 * 32 * 3)
  expect(await bytes([whole], 16)).toBe(40 * 32 * 16 * 3)
  expect(await bytes([part])).toBe(12 * 64 * 32 * 3)
  expect(await bytes([pictures])).toBe(10 * 64 * 32 * 3)
  expect(await bytes([whole, broken])).toBe(2 * 40 * 64 * 32 * 3)
  expect(await bytes(Array<Clip>(1000).fill(whole))).toBe(1000 * 40 * 64 * 32 * 3)
  expect(await estimate([broken])).toEqual({ bytes: undefined, storedSide: undefined })
})
