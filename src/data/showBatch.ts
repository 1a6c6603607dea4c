import { availableParallelism } from 'node:os'
import { HumanError } from '../HumanError'
import type { Config } from '../config/schema'
import { makePlan } from '../schedule/plan'
import { contactSheet, encodePng } from './contactSheet'
import { readDataset } from './dataset'
import type { Footage } from './footage'
import { ClipReader } from './reader'
import { trainingRequests } from './trainingRequests'

/** A row each: more than these nobody looks at, and a picture of a thousand rows opens nowhere. */
const shownClips = 48
/** Of all rows together, so that the picture of large clips takes a few hundred MiB at most while it is made. */
const shownPixels = 24e6

export interface ShownBatch {
  /** A PNG: a row for each clip, its frames from left to right, as the network sees them before normalisation. */
  readonly png: Buffer
  /** Of the whole batch, which may have more clips than are shown. */
  readonly shape: { readonly batch: number; readonly frames: number; readonly size: number }
  /** By row. */
  readonly clips: readonly ShownClip[]
}

export interface ShownClip {
  readonly footage: Footage
  readonly classes: readonly string[]
  /** What was asked for and cannot be read. */
  readonly inPlaceOf?: Footage
}

/**
 * The batch that an iteration is trained on, made anew: it follows from the schedule, the data and the iteration. Throws
 * HumanError where the data cannot be read, or the training ends before; the signal's reason when it is aborted.
 */
export async function showBatch(options: {
  config: Config
  iteration: number
  /** How many more iterations were done than the plan would have: after edits. */
  offset: number
  /** Training clips that the run counted when it started. */
  trainClips: number
  ffmpeg: string
  signal: AbortSignal
  /** Where the bundle of the decoding thread lies; beside the running one if left out. */
  workerFile?: string
}): Promise<ShownBatch> {
  const { config, iteration, offset, trainClips, ffmpeg, signal, workerFile } = options
  const dataset = await readDataset(config.data)
  signal.throwIfAborted()
  if (dataset.train.length !== trainClips) {
    throw new HumanError(
      `The run trains on ${trainClips} clips, and data.train has ${dataset.train.length} by now: its batches cannot be made anew.`,
    )
  }
  const place = { dataset, config, plan: makePlan(config), start: iteration, offset }
  const { value: request } = trainingRequests(place).next()
  if (!request) throw new HumanError(`The training has no iteration ${iteration}: it ends before.`)
  const { frames, size } = request
  const most = Math.min(shownClips, Math.max(1, Math.floor(shownPixels / (frames * size ** 2))))
  const samples = request.samples.slice(0, most)
  const { workers } = config.data
  const reader = new ClipReader({
    ffmpeg,
    workers: Math.min(samples.length, workers === 'auto' ? availableParallelism() : Math.max(1, workers)),
    // Read once: no more is decoded than is shown, and the trainer's folder of decoded clips stays its own.
    cacheBytes: 0,
    keeping: { memory: 0, disk: 0 },
    onProblem: () => undefined,
    ...(workerFile !== undefined && { workerFile }),
  })
  try {
    const { pixels, clips, asked } = await reader.read({ ...request, samples }, signal)
    return {
      png: await encodePng(ffmpeg, contactSheet({ pixels, size, columns: frames }), signal),
      shape: { batch: request.samples.length, frames, size },
      clips: clips.map((clip, row): ShownClip => {
        const { footage, labels } = dataset.train[clip]!
        return {
          footage,
          classes: labels.map((label) => dataset.classes[label]!),
          ...(asked[row] !== clip && { inPlaceOf: dataset.train[asked[row]!]!.footage }),
        }
      }),
    }
  } finally {
    await reader.close()
  }
}
