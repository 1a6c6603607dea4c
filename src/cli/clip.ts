import { statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { HumanError } from '../HumanError'
import { ClipError } from '../data/clipError'
import { contactSheet, encodePng } from '../data/contactSheet'
import { cutTask, orderIn } from '../data/cutTask'
import type { Video } from '../data/video'
import type { Footage } from '../data/footage'
import { evaluationSample } from '../data/sampling'
import { findFfmpeg } from '../runtime/ffmpeg'
import { runtimeFolder } from '../runtime/folder'

const options = {
  frames: { type: 'string', default: '16' },
  stride: { type: 'string', default: '2' },
  size: { type: 'string', default: '112' },
  at: { type: 'string', default: '0.5' },
  fps: { type: 'string' },
  output: { type: 'string', short: 'o' },
} as const

/** As of a video of usual length: one that is longer is sought in. */
const wholeSeconds = 10
/** Of all frames, for a picture that still opens somewhere. */
const mostPixels = 1e8

/** `multigrid clip VIDEO [--frames 16] [--stride 2] [--size 112] [--at 0.5] [--fps 30] [-o OUT.png]` */
export async function clip(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [video] = positionals
  if (video === undefined) throw new HumanError('Which video? multigrid clip VIDEO -o out.png')
  const [frames, stride, size] = (['frames', 'stride', 'size'] as const).map((key) =>
    whole(key, values[key]),
  ) as [number, number, number]
  if (frames * size ** 2 > mostPixels) {
    throw new HumanError(
      `${frames} frames of ${size} × ${size} pixels are too many for one picture. Ask for fewer, or smaller ones.`,
    )
  }
  const start = Number(values.at)
  if (!(start >= 0 && start <= 1)) {
    throw new HumanError(`--at takes a number from 0 (the beginning) to 1 (the end), not "${values.at}".`)
  }
  const rate = values.fps === undefined ? undefined : Number(values.fps)
  if (rate !== undefined && !(rate > 0))
    throw new HumanError(`--fps takes frames a second, not "${values.fps}".`)
  const output = values.output ?? `${path.basename(video, path.extname(video))}.png`
  const ffmpeg = await findFfmpeg({
    setting: process.env['MULTIGRID_FFMPEG'],
    env: process.env,
    runtimeFolder: runtimeFolder(),
  })
  const out = new SharedArrayBuffer(frames * size * size * 3)
  const task = {
    footage: footageOf(path.resolve(video)),
    sample: { ...evaluationSample({ clip: 0, stride, shortSide: size }), start },
    frames,
    size,
    shortSide: size,
    rate,
    video: undefined,
    keeps: { memory: true, disk: false },
    out,
    offset: 0,
  }
  const limits = { maxSeconds: wholeSeconds, maxBytes: 2 ** 30, store: undefined }
  const { video: opened } = await cutTask(
    task,
    { ...limits, ffmpeg: ffmpeg.path },
    new AbortController().signal,
  ).catch((error: unknown) => {
    throw error instanceof ClipError ? new HumanError(`${video} cannot be read: ${error.reason}.`) : error
  })
  const sheet = contactSheet({
    pixels: new Uint8Array(out),
    size,
    columns: Math.ceil(Math.sqrt(frames)),
  })
  await writeFile(output, await encodePng(ffmpeg.path, sheet)).catch((error: unknown) => {
    throw new HumanError(`${output} cannot be written (${(error as NodeJS.ErrnoException).code ?? ''}).`)
  })
  process.stdout.write(`${output}: ${frames} × ${size}²${placeWords(task, opened)}\n`)
  return 0
}

function placeWords(task: Parameters<typeof orderIn>[0], video: Video | undefined): string {
  if (video?.kind !== 'whole') return ''
  return `, frames ${orderIn(task, video.times).join(' ')} of ${video.frames.count}`
}

function footageOf(file: string): Footage {
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found) throw new HumanError(`There is no ${file}.`)
  return found.isDirectory() ? { kind: 'pictures', folder: file } : { kind: 'video', file }
}

function whole(key: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0 && value <= 8192) return value
  throw new HumanError(`--${key} takes a whole number from 1 to 8192, not "${text}".`)
}
