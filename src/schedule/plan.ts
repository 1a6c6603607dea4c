import { checkSettings } from './checkSettings'
import { longCycle } from './longCycle'
import { normFor } from './norm'
import type { Phase, Plan } from './phase'
import type { ScheduleSettings } from './settings'
import { shortCycleShapes } from './shortCycle'

export { epochRows } from './epochRows'
export type { EpochRow } from './epochRows'
export { learningRate } from './learningRate'
export type { Norm } from './settings'
export type { Phase, Plan } from './phase'
export type { ScheduleSettings } from './settings'
export type { Shape } from './shortCycle'

const plain = { kind: 'plain' } as const

/** The plan of these settings; a HumanError with all the reasons where they cannot work. */
export function makePlan(settings: ScheduleSettings): Plan {
  checkSettings(settings)
  const phases = settings.multigrid.longCycle ? longCyclePhases(settings) : stagePhases(settings)
  return { epochs: phases.at(-1)!.endEpoch, phases }
}

function longCyclePhases(settings: ScheduleSettings): Phase[] {
  const { data, train, model } = settings
  const phases: Phase[] = []
  let startEpoch = 0
  let resized = false
  for (const { lrStage, shape, endEpoch, fineTune } of longCycle(settings)) {
    if (endEpoch === startEpoch) continue
    // The reference sets normalisation up when the shape first leaves the full one, so a start at the full shape is as given.
    resized ||= shape.frames !== data.frames || shape.size !== data.crop
    phases.push({
      lrStage,
      startEpoch,
      endEpoch,
      fineTune,
      shapes: shortCycleShapes(settings, shape),
      stride: [data.stride, data.stride * Math.floor(data.frames / shape.frames)],
      norm: resized ? normFor(settings, train.batch * shape.batchFactor) : (model?.norm ?? plain),
    })
    startEpoch = endEpoch
  }
  return phases
}

/** Without a long cycle: the stages as given, stretched by the epoch factor where there is a short cycle. */
function stagePhases(settings: ScheduleSettings): Phase[] {
  const { data, train, model, multigrid } = settings
  const stretch = (epoch: number): number =>
    multigrid.shortCycle ? Math.trunc(epoch * multigrid.epochFactor) : epoch
  const starts = (train.policy === 'cosine' ? [0] : train.steps).map(stretch)
  const shapes = shortCycleShapes(settings, { frames: data.frames, size: data.crop, batchFactor: 1 })
  return [...starts.keys()]
    .map((lrStage): Phase => ({
      lrStage,
      startEpoch: starts[lrStage]!,
      endEpoch: starts[lrStage + 1] ?? stretch(train.epochs),
      fineTune: false,
      shapes,
      stride: [data.stride, data.stride],
      norm: model?.norm ?? plain,
    }))
    .filter(({ startEpoch, endEpoch }) => startEpoch < endEpoch)
}
