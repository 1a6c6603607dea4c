import type { Finding } from './checkSettings'
import { longCycle } from './longCycle'
import type { Plan } from './phase'
import type { ScheduleSettings } from './settings'

/** What is legal but probably not meant, with the numbers to judge it by. */
export function* remarks(settings: ScheduleSettings, plan: Plan): Generator<Finding> {
  const { train, multigrid, engine } = settings
  const { warmup, batch, learningRate } = train
  const path = ['train', 'warmup', 'epochs']
  const last = plan.phases.find(({ endEpoch }) => warmup.epochs <= endEpoch)
  if (warmup.epochs > plan.epochs) {
    yield {
      path,
      message: `is longer than the training: ${warmup.epochs} of ${plan.epochs} epochs, so the rate never reaches its height`,
    }
  } else if (last && last.startEpoch > 0) {
    const first = plan.phases[0]!
    yield {
      path,
      message: `ends at epoch ${warmup.epochs}, after the first phase (epochs 0 to ${first.endEpoch}); the rate grows towards that of the phase it ends in`,
    }
  }
  const scaled = linearRate(batch)
  if (learningRate >= 2 * scaled) {
    yield {
      path: ['train', 'learningRate'],
      message: `is ${rounded(learningRate / scaled)} times what linear scaling of 0.1 for 64 clips says for a batch of ${batch}: ${rounded(scaled)}`,
    }
  }
  const uneven = firstUnevenSplit(plan, engine.devices)
  if (uneven) yield { path: ['multigrid', 'bnBase'], message: uneven }
  yield* withoutEpoch(settings)
  if (multigrid.longCycle && train.steps.length === 1) {
    yield {
      path: ['train', 'steps'],
      message:
        'has one stage, and the last stage trains at the full shape: the long cycle has no place. Two or more steps make one',
    }
  }
}

/** Shapes of the long cycle, or else stages, that rounding leaves no epoch of. */
function* withoutEpoch(settings: ScheduleSettings): Generator<Finding> {
  const { train, multigrid } = settings
  const { steps, epochs } = train
  if (multigrid.longCycle) {
    const shapes = multigrid.longCycleFactors.length
    const lost = new Map<number, number[]>()
    let startEpoch = 0
    for (const [index, { lrStage, fineTune, endEpoch }] of longCycle(settings).entries()) {
      if (endEpoch === startEpoch && fineTune) {
        const message = `leaves no epoch to the last stage, which trains at the full shape: ${epochs - steps[lrStage]!} of ${epochs} epochs round to none`
        yield { path: ['train', 'steps', lrStage], message }
      } else if (endEpoch === startEpoch) {
        const shape = index % shapes
        lost.set(shape, [...(lost.get(shape) ?? []), steps[lrStage]!])
      }
      startEpoch = endEpoch
    }
    for (const [shape, stages] of lost) {
      const where =
        stages.length === 1 ? 'stage of train.steps that begins' : 'stages of train.steps that begin'
      yield {
        path: ['multigrid', 'longCycleFactors', shape],
        message: `is trained for no epoch in the ${where} at ${stages.join(' and ')}: rounding leaves none`,
      }
    }
  } else if (multigrid.shortCycle && train.policy === 'steps') {
    const ends = [...steps, epochs].map((epoch) => Math.trunc(epoch * multigrid.epochFactor))
    for (const [stage, start] of ends.slice(0, -1).entries()) {
      if (start < ends[stage + 1]!) continue
      const message = `begins a stage of no epoch: multigrid.epochFactor, ${multigrid.epochFactor}, leaves none of it`
      yield { path: ['train', 'steps', stage], message }
    }
  }
}

/** A batch that normalisation cannot cut into equal parts. */
function firstUnevenSplit({ phases }: Plan, devices: number): string | undefined {
  for (const { norm, shapes, startEpoch, endEpoch } of phases) {
    if (norm.kind !== 'split') continue
    const shape = shapes.findLast(({ batch }) => (batch / devices) % norm.splits > 0)
    if (!shape) continue
    return `does not divide every batch: in epochs ${startEpoch} to ${endEpoch} normalisation cannot cut ${shape.batch / devices} clips into ${norm.splits} equal parts`
  }
  return undefined
}

/** Goyal et al. 2017: the rate grows with the batch; 0.1 for 64 clips is the Kinetics recipe's. */
export function linearRate(batch: number): number {
  return (0.1 * batch) / 64
}

/** To three digits. */
export function rounded(value: number): string {
  return String(Number(value.toPrecision(3)))
}
