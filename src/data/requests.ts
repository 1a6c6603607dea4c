import type { Shape } from '../schedule/plan'
import type { Clip } from './dataset'
import type { ReadRequest } from './reader'
import { drawTrainSample, evaluationSample, evaluationViews } from './sampling'

/** One training batch: the clips of the epoch's order from `start` on, as many as the shape takes. */
export function trainRequest(options: {
  clips: readonly Clip[]
  seed: number
  epoch: number
  order: Int32Array
  start: number
  shape: Shape
  stride: readonly [min: number, max: number]
  flip: boolean
  rate?: number | undefined
}): ReadRequest {
  const { clips, seed, epoch, order, start, shape, stride, flip, rate } = options
  const chosen = order.subarray(start, start + shape.batch)
  return {
    clips,
    samples: Array.from(chosen, (clip) =>
      drawTrainSample({ seed, epoch, clip, stride, jitter: shape.jitter, flip }),
    ),
    ...decodeAt(shape),
    rate,
  }
}

/**
 * Every clip in order at the full shape, once for each view; the last batches may be smaller. The views of a clip are in
 * batches one after another, and not beside each other in one: the first of them decodes it for the others.
 */
export function* evaluationRequests(options: {
  clips: readonly Clip[]
  shape: Shape
  stride: number
  rate?: number | undefined
  views: number
  crops: number
}): Generator<ReadRequest, undefined> {
  const { clips, shape, stride, rate } = options
  const views = evaluationViews(options)
  for (let start = 0; start < clips.length; start += shape.batch) {
    const length = Math.min(shape.batch, clips.length - start)
    for (const view of views) {
      const samples = Array.from({ length }, (_, index) =>
        evaluationSample({ clip: start + index, stride, shortSide: Math.round(shape.jitter[0]), view }),
      )
      yield { clips, samples, ...decodeAt(shape), rate }
    }
  }
}

/** Every shape of a schedule ends its jitter at the same side, so that one decoded copy of a clip serves them all. */
function decodeAt({ frames, size, jitter }: Shape): Pick<ReadRequest, 'frames' | 'size' | 'decodeSide'> {
  return { frames, size: Math.round(size), decodeSide: Math.round(jitter[1]) }
}
