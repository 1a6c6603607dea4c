import type { Config } from '../config/schema'
import { batchAt, locate, totalIterations } from '../schedule/iterations'
import type { Plan } from '../schedule/plan'
import type { Dataset } from './dataset'
import type { ReadRequest } from './reader'
import { trainRequest } from './requests'
import { epochOrder } from './sampling'

export interface TrainingPlace {
  readonly dataset: Dataset
  readonly config: Config
  readonly plan: Plan
  /** First iteration, and the offset that the plan counts it with (see `trainingLoop`). */
  readonly start: number
  readonly offset: number
}

/** What each iteration from `start` on is trained on: it follows from the schedule, the seed and the iteration alone. */
export function* trainingRequests({
  dataset,
  config,
  plan,
  start,
  offset,
}: TrainingPlace): Generator<ReadRequest, undefined> {
  const clips = dataset.train
  const { seed } = config.train
  const end = totalIterations(plan, clips.length) + offset
  let order: { epoch: number; clips: Int32Array } | undefined
  for (let iteration = start; iteration < end; iteration++) {
    const { phase, epoch, iterationInEpoch } = locate(plan, clips.length, iteration - offset)
    if (order?.epoch !== epoch) order = { epoch, clips: epochOrder(seed, epoch, clips.length) }
    const { shapes, stride } = plan.phases[phase]!
    const batch = batchAt(shapes, iterationInEpoch)
    yield trainRequest({
      clips,
      seed,
      epoch,
      order: order.clips,
      start: batch.start,
      shape: batch.shape,
      stride,
      flip: config.data.flip,
      rate: config.data.fps,
    })
  }
}
