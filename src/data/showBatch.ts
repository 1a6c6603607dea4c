import { HumanError } from '../HumanError'
import type { Config } from '../config/schema'
import { makePlan } from '../schedule/plan'
import { contactSheet, encodePng } from './contactSheet'
import { readDataset } from './dataset'
import { footageName } from './footage'
import { openReader } from './openReader'
import { trainingRequests } from './trainingRequests'

/** A row each: more than these nobody looks at, and a picture of a thousand rows opens nowhere. */
const shownClips = 48

export interface ShownBatch {
  /** A PNG: a row for each clip, its frames from left to right, as the network sees them before normalisation. */
  readonly png: Buffer
  readonly shape: { readonly batch: number; readonly frames: number; readonly size: number }
  /** By row. */
  readonly clips: readonly { readonly name: string; readonly classes: readonly string[] }[]
}

/**
 * The batch that an iteration is trained on, made anew: it follows from the schedule, the data and the iteration. Throws
 * HumanError where the data cannot be read, or the training ends before.
 */
export async function showBatch(options: {
  config: Config
  iteration: number
  /** How many more iterations were done than the plan would have: after edits. */
  offset: number
  ffmpeg: string
  storeFolder: string
  /** Where the bundle of the decoding thread lies; beside the running one if left out. */
  workerFile?: string
}): Promise<ShownBatch> {
  const { config, iteration, offset, ffmpeg, storeFolder, workerFile } = options
  const dataset = await readDataset(config.data)
  const plan = makePlan(config)
  const { value: request } = trainingRequests({ dataset, config, plan, start: iteration, offset }).next()
  if (!request) throw new HumanError(`The training has no iteration ${iteration}: it ends before.`)
  const { reader } = await openReader({
    data: config.data,
    dataset,
    ffmpeg,
    storeFolder,
    onProblem: () => undefined,
    ...(workerFile !== undefined && { workerFile }),
  })
  try {
    const samples = request.samples.slice(0, shownClips)
    const { pixels, clips } = await reader.read({ ...request, samples })
    const { frames, size } = request
    return {
      png: await encodePng(ffmpeg, contactSheet({ pixels, size, columns: frames })),
      shape: { batch: request.samples.length, frames, size },
      clips: clips.map((clip) => {
        const { footage, labels } = dataset.train[clip]!
        return { name: footageName(footage), classes: labels.map((label) => dataset.classes[label]!) }
      }),
    }
  } finally {
    await reader.close()
  }
}
