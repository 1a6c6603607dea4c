#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { motionClasses, renderClip } from './render.mjs'

const here = dirname(fileURLToPath(import.meta.url))

/** Changes when the pictures do, so that an older data set is made anew. */
const edition = 1

const usage = `Makes the motion data set: short H.264 videos of moving textures, a folder per class.

node generate.mjs [--out data] [--train 24] [--val 8] [--size 128] [--frames 48] [--fps 24] [--seed 0] [--ffmpeg PATH]

ffmpeg is taken from --ffmpeg, then $MULTIGRID_FFMPEG, then the PATH.`

/**
 * Writes `out/train/<class>/*.mp4` and `out/val/<class>/*.mp4`; `train` and `val` are clips a class.
 * Does nothing when `out` already holds exactly this. Resolves to the number of clips written.
 */
export async function generate({
  out = join(here, 'data'),
  ffmpeg = process.env.MULTIGRID_FFMPEG || 'ffmpeg',
  train = 24,
  val = 8,
  size = 128,
  frames = 48,
  fps = 24,
  seed = 0,
  onProgress = () => {},
} = {}) {
  const recipe = JSON.stringify({ edition, train, val, size, frames, fps, seed })
  const marker = join(out, 'motion.json')
  if ((await readFile(marker, 'utf8').catch(() => '')) === recipe) return 0

  const encoder = await chooseEncoder(ffmpeg)
  await mkdir(out, { recursive: true })
  // The marker goes first and comes back last: what is interrupted in between is made anew.
  await rm(marker, { force: true })
  for (const split of ['train', 'val']) await rm(join(out, split), { recursive: true, force: true })

  const jobs = [
    ['train', train],
    ['val', val],
  ].flatMap(([split, clips]) =>
    motionClasses.flatMap((motion) =>
      Array.from({ length: clips }, (_, index) => ({ split, motion, index })),
    ),
  )
  const encoding = new Set()
  for (const [done, { split, motion, index }] of jobs.entries()) {
    const folder = join(out, split, motion)
    await mkdir(folder, { recursive: true })
    const pixels = renderClip({ motion, seed: clipSeed(seed, split, motion, index), size, frames })
    const file = join(folder, `${motion}-${String(index).padStart(3, '0')}.mp4`)
    const clip = encode({ ffmpeg, encoder, file, pixels, size, fps }).finally(() => encoding.delete(clip))
    clip.catch(() => {}) // seen below, by whichever await comes first
    encoding.add(clip)
    if (encoding.size >= Math.max(2, availableParallelism())) await Promise.race(encoding)
    onProgress(done + 1, jobs.length)
  }
  await Promise.all(encoding)
  await writeFile(`${marker}.part`, recipe)
  await rename(`${marker}.part`, marker)
  return jobs.length
}

/** A different random stream for each clip, whatever the order in which they are made. */
function clipSeed(...names) {
  return createHash('sha256').update(names.join('/')).digest().readUInt32LE()
}

/** libx264 where ffmpeg has it, else another H.264, else MPEG-4 part 2, which every ffmpeg has. */
async function chooseEncoder(ffmpeg) {
  const listed = await run(ffmpeg, ['-hide_banner', '-v', 'error', '-encoders'])
  const has = (name) => new RegExp(`\\s${name}\\s`).test(listed)
  // One thread, because the number of threads is written into the file and the bytes would depend on the machine.
  if (has('libx264')) return ['-c:v', 'libx264', '-preset', 'fast', '-crf', '23', '-threads', '1']
  if (has('libopenh264')) return ['-c:v', 'libopenh264', '-b:v', '1500k', '-threads', '1']
  return ['-c:v', 'mpeg4', '-q:v', '4', '-threads', '1']
}

function encode({ ffmpeg, encoder, file, pixels, size, fps }) {
  const input = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-video_size',
    `${size}x${size}`,
    '-framerate',
    `${fps}`,
  ]
  const output = [
    ...encoder,
    '-pix_fmt',
    'yuv420p',
    '-fflags',
    '+bitexact',
    '-flags:v',
    '+bitexact',
    '-y',
    `file:${file}`,
  ]
  return run(ffmpeg, ['-hide_banner', '-v', 'error', ...input, '-i', 'pipe:0', ...output], pixels)
}

/** Runs a program to its end; resolves to what it printed, rejects with its last words. */
function run(program, args, stdin) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'] })
    let printed = ''
    let complaint = ''
    child.stdout.on('data', (chunk) => (printed += chunk))
    child.stderr.on('data', (chunk) => (complaint = (complaint + chunk).slice(-2000)))
    child.on('error', (error) =>
      failed(new Error(`Cannot run ${program} (${error.code}). Install ffmpeg, or name it with --ffmpeg.`)),
    )
    child.on('close', (code, signal) => {
      if (code === 0) done(printed)
      else failed(new Error(`${program} ended with ${code ?? signal}: ${complaint.trim()}`))
    })
    // A program that ends early breaks the pipe; its exit says why.
    child.stdin?.on('error', () => {}).end(stdin)
  })
}

async function main() {
  const text = { type: 'string' }
  const options = {
    out: text,
    ffmpeg: text,
    train: text,
    val: text,
    size: text,
    frames: text,
    fps: text,
    seed: text,
    help: { type: 'boolean' },
  }
  const { values } = parseArgs({ options })
  if (values.help) return console.log(usage)
  const { out, ffmpeg, ...numbers } = values
  const settings = Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, wholeNumber(name, value)]),
  )
  if (out) settings.out = resolve(out)
  if (ffmpeg) settings.ffmpeg = ffmpeg
  const started = Date.now()
  const onProgress = (done, of) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${of} clips`)
  }
  const clips = await generate({ ...settings, onProgress })
  if (process.stderr.isTTY && clips) process.stderr.write('\n')
  console.log(clips ? `${clips} clips in ${((Date.now() - started) / 1000).toFixed(1)} s` : 'Already there.')
}

function wholeNumber(name, value) {
  if (/^\d{1,6}$/.test(value)) return Number(value)
  throw new Error(`--${name} must be a whole number, not "${value}".`)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error) => {
    console.error(error.message)
    process.exitCode = 1
  })
}
