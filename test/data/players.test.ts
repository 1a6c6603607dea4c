import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cutTask, orderIn } from '../../src/data/cutTask'
import { evaluationSample } from '../../src/data/sampling'
import { ffmpeg, runTool } from './ffmpegTools'

const shared = join(import.meta.dirname, '../../../shared/videos')
const made = mkdtempSync(join(tmpdir(), 'multigrid-players-'))
afterAll(() => rmSync(made, { recursive: true, force: true }))
const size = 96

/** What ffmpeg alone shows: the frames of these numbers, scaled, and their middle cut out. */
function extracted(file: string, frames: readonly number[]): Map<number, Buffer> {
  const scaled = `scale=w='if(lt(iw,ih),${size},-1)':h='if(lt(iw,ih),-1,${size})'`
  const wanted = [...new Set(frames)].sort((a, b) => a - b)
  const chosen = wanted.map((frame) => `eq(n,${frame})`).join('+')
  const bytes = execFileSync(
    ffmpeg,
    [
      ...['-v', 'fatal', '-i', `file:${file}`, '-map', '0:V:0'],
      ...['-vf', `select='${chosen}',${scaled},crop=${size}:${size}`, '-vsync', '0'],
      ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
    ],
    { maxBuffer: 2 ** 28 },
  )
  const frameBytes = size * size * 3
  expect(bytes.length).toBe(wanted.length * frameBytes)
  return new Map(
    wanted.map((frame, place) => [frame, bytes.subarray(place * frameBytes, (place + 1) * frameBytes)]),
  )
}

async function network(
  file: string,
  options: { start: number; stride: number; frames: number; keeps: boolean },
) {
  const { start, stride, frames, keeps } = options
  const out = new SharedArrayBuffer(frames * size * size * 3)
  const task = {
    footage: { kind: 'video', file } as const,
    sample: { ...evaluationSample({ clip: 0, stride, shortSide: size }), start },
    ...{ frames, size, shortSide: size, rate: undefined, video: undefined, out, offset: 0 },
    keeps: { memory: keeps, disk: false },
  }
  const settings = { ffmpeg, maxSeconds: 60, maxBytes: 2 ** 30, store: undefined }
  const { video } = await cutTask(task, settings, new AbortController().signal)
  const order = video?.kind === 'whole' ? [...orderIn(task, video.times)] : undefined
  return { pixels: new Uint8Array(out), order }
}

/** Mean difference of two pictures, in levels. */
function difference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((sum, value, index) => sum + Math.abs(value - b[index]!), 0) / a.length
}

/** In levels: crops and scaling round differently by up to half a pixel of colour; a neighbouring frame is much further. */
const alike = 2.5

async function compare(file: string, frames = 4): Promise<void> {
  const places = [
    { start: 0, stride: 1 },
    { start: 0.5, stride: 2 },
    { start: 0.999, stride: 3 },
  ]
  const wholes = await Promise.all(places.map((place) => network(file, { ...place, frames, keeps: true })))
  const reference = extracted(
    file,
    wholes.flatMap(({ order }) => order!),
  )
  for (const [place, { pixels, order }] of wholes.entries()) {
    for (const [index, frame] of order!.entries()) {
      const own = pixels.subarray(index * size * size * 3, (index + 1) * size * size * 3)
      expect(difference(own, reference.get(frame)!), `frame ${frame}`).toBeLessThan(alike)
    }
    const window = await network(file, { ...places[place]!, frames, keeps: false })
    expect(difference(window.pixels, pixels), `window from ${places[place]!.start}`).toBeLessThan(alike)
  }
}

describe('what the network sees is what ffmpeg extracts', () => {
  beforeAll(() => {
    const source = ['-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=30:duration=4']
    runTool([...source, '-g', '30', '-bf', '3', '-pix_fmt', 'yuv420p', join(made, 'b-frames.mp4')])
    runTool([
      ...source,
      '-f',
      'lavfi',
      '-i',
      'sine=duration=5',
      '-pix_fmt',
      'yuv420p',
      join(made, 'sound longer.mp4'),
    ])
    runTool([...source, '-c:v', 'mpeg4', '-bf', '2', '-q:v', '2', join(made, 'disordered.avi')])
    runTool([...source, '-vf', 'transpose=1', '-pix_fmt', 'yuv420p', join(made, 'tall.mkv')])
  })

  test.each(['b-frames.mp4', 'sound longer.mp4', 'disordered.avi', 'tall.mkv'])('of %s', (name) =>
    compare(join(made, name)),
  )

  test.each([
    'test.mp4',
    'part_0.mp4',
    'test.avi',
    'pancake.mkv',
    'rot_0.mov',
    'rot_90.mov',
    'rot_180.mov',
    'corrupted.mp4',
  ])(
    'of %s, where the recordings are at hand',
    async (name) => {
      if (existsSync(join(shared, name))) await compare(join(shared, name))
    },
    60_000,
  )
})
