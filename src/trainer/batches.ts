import type { Config } from '../config/schema'
import type { Phase } from '../schedule/plan'
import type { Clip } from '../data/dataset'
import { Prefetch } from '../data/prefetch'
import type { ClipBatch, ClipReader, ReadRequest } from '../data/reader'
import { evaluationRequests, trainRequest } from '../data/requests'
import { epochOrder } from '../data/sampling'
import { trainingRequests } from '../data/trainingRequests'
import type { TrainingPlace } from '../data/trainingRequests'
import type { BatchSource } from './loop'

export interface BatchOptions extends TrainingPlace {
  readonly reader: ClipReader
}

/** The clips of every iteration from `start` on, read ahead; `cancel` drops what is ahead. */
export function readBatches(options: BatchOptions): BatchSource<ClipBatch> & { cancel(): Promise<void> } {
  const { reader, dataset, config } = options
  const read = (request: ReadRequest, signal: AbortSignal): Promise<ClipBatch> => reader.read(request, signal)
  const training = new Prefetch(read, trainingRequests(options))
  async function* readAhead(requests: Iterator<ReadRequest, undefined>): AsyncGenerator<ClipBatch, void> {
    const ahead = new Prefetch(read, requests)
    try {
      for (let next = await ahead.next(); next; next = await ahead.next()) yield next.batch
    } finally {
      await ahead.cancel()
    }
  }
  return {
    async next() {
      const next = await training.next()
      if (!next) throw new Error('A batch was asked for after the last one.')
      return next
    },
    views: config.data.views * config.data.crops,
    evaluation: () =>
      readAhead(
        evaluationRequests({
          clips: dataset.val,
          shape: fullShape(config),
          stride: config.data.stride,
          rate: config.data.fps,
          views: config.data.views,
          crops: config.data.crops,
        }),
      ),
    recalibration: (at) => readAhead(recalibrationRequests(options, at)),
    cancel: () => training.cancel(),
  }
}

/** The shape that the network is judged at, and that a plain training would use. */
export function fullShape({ data, train }: Config): {
  batch: number
  frames: number
  size: number
  jitter: readonly [number, number]
} {
  return { batch: train.batch, frames: data.frames, size: data.crop, jitter: data.jitter }
}

/** Whole batches from the start of an epoch's order, drawn as they are trained on. */
function* recalibrationRequests(
  { dataset, config }: BatchOptions,
  { epoch, phase }: { epoch: number; phase: Phase },
): Generator<ReadRequest, undefined> {
  const { seed, preciseBatches } = config.train
  const clips: readonly Clip[] = dataset.train
  const shape = phase.shapes.at(-1)!
  const order = epochOrder(seed, epoch, clips.length)
  const batches = Math.min(preciseBatches, Math.floor(clips.length / shape.batch))
  for (let batch = 0; batch < batches; batch++) {
    yield trainRequest({
      clips,
      seed,
      epoch,
      order,
      start: batch * shape.batch,
      shape,
      stride: phase.stride,
      flip: config.data.flip,
      rate: config.data.fps,
    })
  }
}
