import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { scaleTo } from '../../src/data/ffmpegOutput'
import type { Clip } from '../../src/data/dataset'
import { ClipReader } from '../../src/data/reader'
import type { ClipReaderOptions, ReadRequest } from '../../src/data/reader'
import { drawTrainSample } from '../../src/data/sampling'
import { StoreFolder } from '../../src/data/StoreFolder'
import { median } from './median'
import { round, sum, trainMotion } from './motionTraining'

/** Recordings as those of Kinetics, scaled once: 10 s at 30 frames a second, 340 × 256. */
const [seconds, rate, width, height] = [10, 30, 340, 256]
/** Shapes of a long cycle of 16 frames, stride 2, 112², with their strides and short sides. */
const shapes = [
  { frames: 4, size: 79, stride: 8, jitter: [90, 160] },
  { frames: 8, size: 79, stride: 4, jitter: [90, 160] },
  { frames: 8, size: 112, stride: 4, jitter: [128, 160] },
  { frames: 16, size: 112, stride: 2, jitter: [128, 160] },
] as const
const decodeSide = 160
const workers = availableParallelism()

interface Rate {
  readonly clipsPerSecond: number
  /** Processor seconds of all processes for one clip; absent where the system does not tell. */
  readonly coreSecondsPerClip?: number
}

/** Prints, as JSON, how fast clips are read, beside what ffmpeg alone takes to decode the same frames. */
async function main({ quick, ffmpeg = 'ffmpeg' }: { quick: boolean; ffmpeg?: string }): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'multigrid-bench-'))
  try {
    const clips = record(folder, ffmpeg, quick ? 8 : 32)
    const startMs = median(Array.from({ length: 9 }, () => timed(() => execFileSync(ffmpeg, ['-version']))))
    const store = await StoreFolder.open(path.join(folder, 'store'), 2 ** 34)
    const whole = await beside({
      ours: () => read(clips, shapes[3], { ffmpeg, keeping: { memory: 1, disk: 0 }, cacheBytes: 2 ** 34 }),
      theirs: () => alone(clips, ffmpeg, () => []),
    })
    const results = []
    for (const shape of shapes) {
      const { frames, stride } = shape
      const span = (frames - 1) * stride + 1
      results.push({
        shape: `${frames}x${shape.size}²`,
        stride,
        window: await beside({
          ours: () => read(clips, shape, { ffmpeg, keeping: { memory: 0, disk: 0 } }, 'again'),
          theirs: () =>
            alone(clips, ffmpeg, (clip) => {
              const start = sampleOf(clip, shape).start * (seconds * rate - span + 1)
              return ['-ss', (Math.floor(start) / rate).toFixed(6), '-t', (span / rate).toFixed(6)]
            }),
        }),
        memory: await read(
          clips,
          shape,
          { ffmpeg, keeping: { memory: 1, disk: 0 }, cacheBytes: 2 ** 34 },
          'again',
        ),
        disk: await read(clips, shape, { ffmpeg, keeping: { memory: 0, disk: 1 }, store }, 'again'),
      })
    }
    const demo = quick ? undefined : await waiting()
    process.stdout.write(
      JSON.stringify({
        ffmpeg: /^ffmpeg version (\S+)/.exec(execFileSync(ffmpeg, ['-version'], { encoding: 'utf8' }))?.[1],
        ffmpegStartMs: round(startMs),
        workers,
        recordings: `${clips.length} of ${seconds} s, ${width}x${height}, ${rate} frames/s, H.264`,
        decodedWhole: whole,
        byShape: results,
        ...(demo && { demo }),
      }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function record(folder: string, ffmpeg: string, count: number): Clip[] {
  return Array.from({ length: count }, (_, index) => {
    const file = path.join(folder, `${index}.mp4`)
    const source = `testsrc2=size=${width}x${height}:rate=${rate}:duration=${seconds}`
    execFileSync(ffmpeg, [
      ...['-v', 'error', '-f', 'lavfi', '-i', source, '-vf', `hue=h=${11 * index},noise=alls=8:allf=t`],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '26', '-pix_fmt', 'yuv420p', file],
    ])
    return { footage: { kind: 'video', file }, labels: [0] }
  })
}

type ShapeOf = (typeof shapes)[number]

function sampleOf(clip: number, { stride, jitter }: ShapeOf): ReturnType<typeof drawTrainSample> {
  return drawTrainSample({ seed: 1, epoch: 0, clip, stride: [stride, stride], jitter, flip: true })
}

/** All clips once; with "again" a second time, which is the one that counts: headers are known then, and clips kept. */
async function read(
  clips: readonly Clip[],
  shape: ShapeOf,
  options: Partial<ClipReaderOptions> & { ffmpeg: string },
  times: 'once' | 'again' = 'once',
): Promise<Rate> {
  const reader = new ClipReader({
    workers,
    cacheBytes: 0,
    workerFile: path.resolve('dist/decodeWorker.js'),
    onProblem: ({ clip, reason }) => {
      throw new Error(`${clip}: ${reason}`)
    },
    ...options,
  })
  const request: ReadRequest = {
    clips,
    samples: clips.map((_, clip) => sampleOf(clip, shape)),
    frames: shape.frames,
    size: shape.size,
    decodeSide,
  }
  try {
    // Threads start with their first task, once in hours: a few tiny clips that are not kept at the size that counts.
    const few = { samples: request.samples.slice(0, 2 * workers), decodeSide: 24 }
    ;(await reader.read({ ...request, ...few })).release()
    if (times === 'again') (await reader.read(request)).release()
    return await rateOf(clips.length, async () => (await reader.read(request)).release())
  } finally {
    await reader.close()
  }
}

/** ffmpeg alone, a process a clip and one for each core at a time, scaling and converting the frames as ours does. */
async function alone(
  clips: readonly Clip[],
  ffmpeg: string,
  seek: (clip: number) => string[],
): Promise<Rate> {
  const left = clips.map((clip, index) => ({ clip, index }))
  return rateOf(clips.length, () =>
    Promise.all(
      Array.from({ length: workers }, async () => {
        for (let next = left.shift(); next; next = left.shift()) {
          const { footage } = next.clip
          const file = footage.kind === 'video' ? footage.file : footage.folder
          await ended(
            spawn(
              ffmpeg,
              [
                ...['-v', 'error', '-nostdin', '-threads', '1', ...seek(next.index), '-i', file],
                ...['-filter_threads', '1', '-vf', scaleTo(decodeSide), '-pix_fmt', 'rgb24', '-threads', '1'],
                ...['-f', 'rawvideo', '-y', '/dev/null'],
              ],
              { stdio: ['ignore', 'ignore', 'inherit'] },
            ),
          )
        }
      }),
    ),
  )
}

/** Each three times in turn; medians, and how many times faster ours is. */
async function beside(sides: { ours: () => Promise<Rate>; theirs: () => Promise<Rate> }) {
  const ours: Rate[] = []
  const theirs: Rate[] = []
  for (let turn = 0; turn < 3; turn++) {
    ours.push(await sides.ours())
    theirs.push(await sides.theirs())
  }
  const middle = (rates: readonly Rate[]): Rate => {
    const core = rates.flatMap(({ coreSecondsPerClip }) => coreSecondsPerClip ?? [])
    return {
      clipsPerSecond: round(median(rates.map(({ clipsPerSecond }) => clipsPerSecond))),
      ...(core.length > 0 && { coreSecondsPerClip: round(median(core)) }),
    }
  }
  const [own, other] = [middle(ours), middle(theirs)]
  return { ours: own, ffmpegAlone: other, ratio: round(own.clipsPerSecond / other.clipsPerSecond) }
}

async function rateOf(clips: number, act: () => Promise<unknown>): Promise<Rate> {
  const [before, began] = [coreSeconds(), performance.now()]
  await act()
  const [elapsed, after] = [(performance.now() - began) / 1000, coreSeconds()]
  return {
    clipsPerSecond: round(clips / elapsed),
    ...(before !== undefined &&
      after !== undefined && { coreSecondsPerClip: round((after - before) / clips) }),
  }
}

/** Of this process and the children that have ended; Linux tells, in hundredths. */
function coreSeconds(): number | undefined {
  if (process.platform !== 'linux') return undefined
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return sum(fields.slice(11, 15).map(Number)) / 100
}

/** The share of its time that the demo's training waits for clips, cold as after a fresh install. */
async function waiting(): Promise<object> {
  const { seconds: all, processSeconds, spent } = await trainMotion([], 0, 60)
  const { compute, waitingForClips } = spent
  return {
    seconds: all,
    processSeconds,
    ...spent,
    waitingShare: round(waitingForClips / (compute + waitingForClips)),
  }
}

function timed(act: () => unknown): number {
  const began = performance.now()
  act()
  return performance.now() - began
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`ffmpeg ended with code ${String(code)}.`))
    })
  })
}

void main(JSON.parse(process.argv[2] ?? '{"quick":true}') as { quick: boolean; ffmpeg?: string })
