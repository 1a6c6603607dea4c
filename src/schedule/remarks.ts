import type { Finding } from './checkSettings'
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
  // Goyal et al. 2017: the rate grows with the batch; 0.1 for 64 clips is the Kinetics recipe's.
  const scaled = (0.1 * batch) / 64
  if (learningRate >= 2 * scaled) {
    yield {
      path: ['train', 'learningRate'],
      message: `is ${rounded(learningRate / scaled)} times what linear scaling of 0.1 for 64 clips says for a batch of ${batch}: ${rounded(scaled)}`,
    }
  }
  const uneven = firstUnevenSplit(plan, engine.devices)
  if (uneven) yield { path: ['multigrid', 'bnBase'], message: uneven }
  if (multigrid.longCycle && train.steps.length === 1) {
    yield {
      path: ['train', 'steps'],
      message:
        'has one stage, and the last stage trains at the full shape: the long cycle has no place. Two or more steps make one',
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

function rounded(value: number): string {
  return String(Number(value.toPrecision(3)))
}
