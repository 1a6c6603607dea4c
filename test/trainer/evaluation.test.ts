import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeConfig } from '../../src/config/parse'
import type { Config } from '../../src/config/schema'
import type { Clip, Dataset } from '../../src/data/dataset'
import { ClipReader } from '../../src/data/reader'
import { createRun } from '../../src/run/runFolders'
import { learningRate } from '../../src/schedule/learningRate'
import { epochRows, makePlan } from '../../src/schedule/plan'
import { meanAveragePrecision } from '../../src/trainer/averagePrecision'
import { loadBackend } from '../../src/trainer/backends/load'
import { readBatches } from '../../src/trainer/batches'
import { Checkpoints } from '../../src/trainer/checkpoint'
import { trainingLoop } from '../../src/trainer/loop'
import type { Fact } from '../../src/trainer/loop'
import { MicroBatches } from '../../src/trainer/MicroBatches'
import { NetworkLearner } from '../../src/trainer/NetworkLearner'
import { RunFolder } from '../../src/trainer/RunFolder'
import { timeShapes } from '../../src/trainer/timeShapes'
import { TrainingRun } from '../../src/trainer/TrainingRun'
import { buildWorker, encode, ffmpeg, temporaryFolder } from '../data/ffmpegTools'
import { testedBackends } from './backend'

const folder = temporaryFolder()
const [width, height] = [48, 24]
let reader: ClipReader
let videos: Clip[]

/** Bars that wander and change their width: no two views of it are alike. */
function picture(video: number, frame: number): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [column, row] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)]
    return 128 + 120 * Math.sin((1 + video) * 0.2 * column + 0.3 * (frame + 1) * ((row % 5) + (i % 3)))
  })
}

beforeAll(async () => {
  const labels = [[0, 1], [1], [], [0, 2], [2], [1, 2]]
  videos = labels.map((own, video) => {
    const file = join(folder.path, `${video}.mp4`)
    const frames = Array.from({ length: 14 }, (_, frame) => picture(video, frame))
    encode({ file, width, height, frames })
    return { footage: { kind: 'video', file }, labels: own }
  })
  const workerFile = await buildWorker(folder.path)
  reader = new ClipReader({ ffmpeg, workers: 2, cacheBytes: 2 ** 24, workerFile, onProblem: () => undefined })
})

afterAll(async () => {
  await reader.close()
  folder.remove()
})

function configOf(data: object): Config {
  return decodeConfig({
    name: 'small',
    data: { train: '.', frames: 4, stride: 1, crop: 20, jitter: [22, 24], flip: false, ...data },
    model: { arch: 'slow', depth: 18, width: 2, dropout: 0 },
    train: {
      ...{ batch: 2, epochs: 2, steps: [0], learningRate: 0.05, warmup: { epochs: 0, from: 0.05 } },
      ...{ evaluateEvery: 1, preciseBatches: 1, seed: 3 },
    },
    multigrid: { longCycle: false, shortCycle: false, epochFactor: 1 },
  })
}

/** Trains a small network to its end; what was told, and its learner. */
async function trained(
  config: Config,
  { val, multiLabel }: Pick<Dataset, 'val' | 'multiLabel'>,
): Promise<{ facts: Fact[]; learner: NetworkLearner }> {
  const dataset = {
    classes: ['a', 'b', 'c'],
    train: videos,
    val,
    multiLabel,
    layouts: { train: 'a folder per class' },
    remarks: [],
  }
  const plan = makePlan(config)
  const loss = multiLabel ? 'binary-cross-entropy' : 'cross-entropy'
  const learner = NetworkLearner.create(config, { classes: 3, loss }, new MicroBatches(console.error))
  const batches = readBatches({ reader, dataset, config, plan, start: 0, offset: 0 })
  const facts: Fact[] = []
  await timeShapes({ phases: plan.phases, learner, breathe: () => Promise.resolve(), now: () => 0 })
  for await (const fact of trainingLoop({
    plan,
    rows: epochRows(config, plan),
    rate: (epoch) => learningRate(config, plan, epoch),
    clips: videos.length,
    ...{ start: 0, offset: 0, batches, learner },
    now: () => performance.now(),
  })) {
    facts.push(fact)
  }
  await batches.cancel()
  return { facts, learner }
}

const evaluationsOf = (facts: readonly Fact[]) => facts.filter((fact) => fact.kind === 'evaluation')

describe.each(testedBackends)('on %s', (backend) => {
  beforeAll(async () => {
    await loadBackend(backend)
  })

  it('a video is judged by the mean over its views and squares, of several classes', async () => {
    const config = configOf({ views: 3, crops: 3 })
    const { facts, learner } = await trained(config, { val: videos, multiLabel: true })
    const { result } = evaluationsOf(facts).at(-1)!
    // The views one by one, at places that are written out.
    const last = 1 - 1e-9
    const views = [0, 0.5, last].flatMap((start) => [0, 0.5, last].map((x) => ({ start, x })))
    const single: Float64Array[][] = []
    for (const { start, x } of views) {
      const samples = videos.map((_, clip) => ({
        ...{ clip, start, stride: 1, shortSide: 22, flip: false },
        crop: { kind: 'at' as const, x, y: 0.5 },
      }))
      const batch = await reader.read({ clips: videos, samples, frames: 4, size: 20, decodeSide: 24 })
      const logits = await learner.evaluate(batch)
      single.push(logits.map((own) => Float64Array.from(own, (logit) => 1 / (1 + Math.exp(-logit)))))
    }
    const clips = videos.map(({ labels }, video) => {
      const scores = [0, 1, 2].map((label) => single.reduce((sum, own) => sum + own[video]![label]! / 9, 0))
      const each = scores.map((score, label) => -Math.log(labels.includes(label) ? score : 1 - score))
      return { labels, scores, loss: each.reduce((sum, value) => sum + value / 3, 0) }
    })
    expect(new Set(single.map((own) => own[0]![0]!.toFixed(4))).size).toBeGreaterThan(5)
    expect(result).toMatchObject({ clips: 6, unreadable: 0 })
    expect(result.loss).toBeCloseTo(
      clips.reduce((sum, { loss }) => sum + loss / 6, 0),
      5,
    )
    expect(result.map).toBeCloseTo(meanAveragePrecision(clips, 3)!, 5)
    const hits = clips.filter(({ scores, labels }) => labels.includes(scores.indexOf(Math.max(...scores))))
    expect(result.top1).toBeCloseTo(hits.length / 6, 10)
    learner.dispose()
  })

  it('a video that cannot be read is left out, and what was read in its place counts once', async () => {
    const bad = join(folder.path, 'bad.mp4')
    writeFileSync(bad, 'not a video')
    const single = videos.map(({ footage }, video) => ({ footage, labels: [video % 3] }))
    const val: Clip[] = [
      ...single.slice(0, 2),
      { footage: { kind: 'video', file: bad }, labels: [0] },
      ...single.slice(2),
    ]
    const config = configOf({ views: 2 })
    const withBad = await trained(config, { val, multiLabel: false })
    const without = await trained(config, { val: single, multiLabel: false })
    const [some, all] = [withBad, without].map(({ facts }) =>
      evaluationsOf(facts).map(({ result }) => result),
    )
    expect(some!.map(({ clips, unreadable }) => [clips, unreadable])).toEqual([
      [6, 1],
      [6, 1],
    ])
    some!.forEach(({ loss, top1, map }, index) => {
      expect(loss).toBeCloseTo(all![index]!.loss, 4)
      expect(top1).toBe(all![index]!.top1)
      expect(map).toBeUndefined()
    })
    withBad.learner.dispose()
    without.learner.dispose()
  })
})

it('the best checkpoint is that of the largest mAP, whatever its top-1', async () => {
  await loadBackend('wasm')
  const config = configOf({})
  const { folder: place } = createRun({ schedule: join(folder.path, 'small.multigrid.json'), config })
  const learner = NetworkLearner.create(
    config,
    { classes: 3, loss: 'binary-cross-entropy' },
    new MicroBatches(console.error),
  )
  const dataset = {
    classes: ['a', 'b', 'c'],
    train: videos,
    val: videos,
    multiLabel: true,
    layouts: { train: 'a folder per class' },
    remarks: [],
  }
  const start = { iteration: 0, offset: 0, best: { top1: 1, map: 0.25 } }
  const run = new TrainingRun({
    ...{ run: new RunFolder(place), config, dataset, reader, learner, start },
    checkpoints: new Checkpoints(join(place, 'checkpoints')),
    timed: new Map(),
    tell: () => undefined,
  })
  const evaluate = (map: number | undefined, top1: number): void => {
    const result = { clips: 6, unreadable: 0, loss: 1, top1, topK: 1, ...(map !== undefined && { map }) }
    run.observe({ kind: 'evaluation', iteration: 0, epoch: 1, result, k: 3, seconds: 1 })
  }
  const record = () => JSON.parse(readFileSync(join(place, 'run.json'), 'utf8')) as object
  const bests = [
    [0.2, 1],
    [0.4, 0.1],
    [0.3, 1],
    [0.4, 1],
  ].map(([map, top1]) => {
    evaluate(map, top1!)
    return run.save().best
  })
  expect(bests).toEqual([false, true, false, false])
  expect(record()).toMatchObject({ bestMap: 0.4, bestTop1: 0.1 })
  await run.dispose()
  learner.dispose()
})
