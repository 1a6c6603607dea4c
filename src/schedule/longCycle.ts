import { roundHalfEven } from './roundHalfEven'
import type { ScheduleSettings } from './settings'
import type { LongShape } from './shortCycle'

/** A stretch of epochs at one long-cycle shape; `endEpoch` is exclusive, and equals the start where rounding left nothing. */
export interface LongPhase {
  readonly lrStage: number
  readonly shape: LongShape
  readonly endEpoch: number
  readonly fineTune: boolean
}

/**
 * Long-cycle schedule (Wu et al. 2020, section 3.3, as PySlowFast computes it): every learning-rate stage but the last
 * runs through all shapes, with equal iterations for each; the last stage fine-tunes at the last shape, with the same
 * saving of iterations as the rest. Lengths are then scaled so that all epochs are `epochFactor` times those given.
 */
export function longCycle(settings: ScheduleSettings): LongPhase[] {
  const { train, multigrid } = settings
  const shapes = multigrid.longCycleFactors.map((factor) => longShape(settings, factor))
  const weights = shapes.map((shape) => meanBatchFactor(settings, shape))
  const weightSum = sum(weights)
  const lastShape = shapes.at(-1)!
  const lastStage = train.steps.length - 1

  const raw: { lrStage: number; shape: LongShape; epochs: number; fineTune: boolean }[] = []
  let iterations = 0
  for (let lrStage = 0; lrStage < lastStage; lrStage++) {
    const stageEpochs = train.steps[lrStage + 1]! - train.steps[lrStage]!
    for (const [index, shape] of shapes.entries()) {
      const epochs = (stageEpochs * weights[index]!) / weightSum
      iterations += epochs / weights[index]!
      raw.push({ lrStage, shape, epochs, fineTune: false })
    }
  }
  const cycled = train.steps[lastStage]!
  const saving = iterations === 0 ? 1 : cycled / iterations
  const fineTuneEpochs = ((train.epochs - cycled) / saving) * weights.at(-1)!
  raw.push({ lrStage: lastStage, shape: lastShape, epochs: fineTuneEpochs, fineTune: true })

  const scale = (train.epochs * multigrid.epochFactor) / sum(raw.map(({ epochs }) => epochs))
  let end = 0
  return raw.map(({ lrStage, shape, epochs, fineTune }) => {
    end += epochs * scale
    return { lrStage, shape, endEpoch: roundHalfEven(end), fineTune }
  })
}

/** A shape of the long cycle, by its shares of the full one. */
export function longShape(
  settings: ScheduleSettings,
  [framesFactor, sizeFactor]: readonly [number, number],
): LongShape {
  const { frames, crop } = settings.data
  const shape = { frames: roundHalfEven(frames * framesFactor), size: roundHalfEven(crop * sizeFactor) }
  return { ...shape, batchFactor: batchFactor(settings, shape.frames, shape.size) }
}

/** Mean over a short cycle; its crops enter unrounded, as in the reference. */
function meanBatchFactor(settings: ScheduleSettings, { frames, size }: LongShape): number {
  const { data, multigrid } = settings
  const crops = multigrid.shortCycle ? multigrid.shortCycleFactors.map((factor) => data.crop * factor) : []
  const factors = [...crops, size].map((crop) => batchFactor(settings, frames, crop))
  return sum(factors) / factors.length
}

/** How many times more clips fit into a step at this shape than at the full one. */
function batchFactor({ data }: ScheduleSettings, frames: number, size: number): number {
  return roundHalfEven((data.frames * data.crop ** 2) / (frames * size * size))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
