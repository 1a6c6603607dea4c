import { build } from 'esbuild'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clip } from '../../src/data/dataset'

export const ffmpeg = process.env['MULTIGRID_FFMPEG'] ?? 'ffmpeg'

/** A folder that is removed after the test file. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'multigrid-data-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Bundles the decoding thread as the build does. */
export async function buildWorker(folder: string): Promise<string> {
  const outfile = join(folder, 'decodeWorker.js')
  const entryPoints = [join(import.meta.dirname, '../../src/data/decodeWorker.ts')]
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' })
  return outfile
}

/** Encodes rgb24 frames without loss of luminance; `output` arguments come last and may change anything. */
export function encode(options: {
  file: string
  frames: readonly Uint8Array[]
  width: number
  height: number
  fps?: number
  output?: readonly string[]
}): void {
  const { file, frames, width, height, fps = 24, output = [] } = options
  const input = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-video_size',
    `${width}x${height}`,
    '-framerate',
    `${fps}`,
  ]
  const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '0', '-pix_fmt', 'yuv444p', ...output]
  const args = ['-v', 'error', ...input, '-i', 'pipe:0', ...codec, '-y', `file:${file}`]
  const { status, stderr } = spawnSync(ffmpeg, args, { input: Buffer.concat(frames) })
  if (status !== 0) throw new Error(stderr.toString())
}

/** A clip that is the whole of a video, of one class. */
export function videoClip(file: string, label: number): Clip {
  return { footage: { kind: 'video', file }, labels: [label] }
}

/** The video that such a clip is. */
export function videoOf({ footage }: Clip): string {
  if (footage.kind !== 'video') throw new Error('A clip of pictures has no video.')
  return footage.file
}

/** Runs ffmpeg for its effect. */
export function runTool(args: readonly string[]): void {
  execFileSync(ffmpeg, ['-v', 'error', '-y', ...args])
}

/** Copies an mp4 with a display matrix of a quarter turn clockwise, as telephones write it. */
export function turnQuarter(from: string, to: string): void {
  const bytes = readFileSync(from)
  const matrix = bytes.indexOf('tkhd') + 44
  const words = [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000]
  for (const [index, word] of words.entries()) bytes.writeInt32BE(word, matrix + 4 * index)
  writeFileSync(to, bytes)
}

/** One grey, all over. */
export function plain(level: number, width: number, height: number): Uint8Array {
  return new Uint8Array(width * height * 3).fill(level)
}

/** A video whose frame number i is grey of level 20 + 4i, so that a pixel tells which frame it comes from. */
export function encodeCounting(options: {
  file: string
  frames: number
  width?: number
  height?: number
  fps?: number
  output?: readonly string[]
}): void {
  const { frames, width = 32, height = 24, ...rest } = options
  encode({
    ...rest,
    width,
    height,
    frames: Array.from({ length: frames }, (_, index) => plain(20 + 4 * index, width, height)),
  })
}

/** The frame number that a grey of `encodeCounting` stands for. */
export function frameOf(level: number): number {
  return Math.max(0, Math.round((level - 20) / 4))
}

/** Command lines of the processes, of this machine, that mention `text`; Linux only. */
export function processesNaming(text: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')]
      } catch {
        return []
      }
    })
    .filter((command) => command.includes(text))
}
