import { roundHalfEven } from './roundHalfEven'
import type { ScheduleSettings } from './settings'

/** Frames × side × side of the clips of a phase, before its short cycle: `batchFactor` times the base batch share a step. */
export interface LongShape {
  readonly frames: number
  readonly size: number
  readonly batchFactor: number
}

/** Frames × height × width of one clip and how many of them share a step; cost is their product. */
export interface Shape {
  readonly batch: number
  readonly frames: number
  readonly size: number
  /** Range of the short side that the crop is cut from, in pixels; it widens as the crop shrinks. */
  readonly jitter: readonly [min: number, max: number]
}

/** Shapes of successive iterations within a long-cycle shape; the last is the long shape itself, the only one without a short cycle. */
export function shortCycleShapes(settings: ScheduleSettings, long: LongShape): Shape[] {
  const { data, train, multigrid } = settings
  const factors = multigrid.shortCycle ? multigrid.shortCycleFactors : []
  const shape = (size: number, batchFactor: number): Shape => ({
    batch: train.batch * long.batchFactor * batchFactor,
    frames: long.frames,
    size,
    jitter: [roundHalfEven((data.jitter[0] * size) / data.crop), data.jitter[1]],
  })
  return [
    ...factors.map((factor) => {
      const growth = roundHalfEven((long.size / (factor * data.crop)) ** 2)
      // A crop of over twice the long shape's area would leave no clip in the batch: it becomes the long shape.
      return growth === 0 ? shape(long.size, 1) : shape(roundHalfEven(factor * data.crop), growth)
    }),
    shape(long.size, 1),
  ]
}
