import { HumanError } from '../HumanError'
import { roundHalfEven } from './roundHalfEven'
import type { ScheduleSettings } from './settings'

/** What is wrong with the value at `path`, or worth another look. */
export interface Finding {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** A check over several keys, which it names so that it can be left out while one of them is no value at all. */
export interface Check {
  readonly reads: readonly string[]
  readonly find: (settings: ScheduleSettings) => Iterable<Finding>
}

const mostEpochs = 1_000_000

/** Reasons why settings cannot be trained although each value alone is in its range. */
export const checks: readonly Check[] = [
  {
    reads: ['train.steps', 'train.epochs'],
    *find({ train: { steps, epochs } }) {
      const path = ['train', 'steps']
      if (steps[0] !== 0)
        yield { path, message: `must begin with 0, the epoch where training starts, not with ${steps[0]}` }
      for (const [index, step] of steps.entries()) {
        const before = steps[index - 1]
        if (before !== undefined && step <= before) {
          yield {
            path: [...path, index],
            message: `must be greater than the step before it, but ${step} follows ${before}`,
          }
        } else if (index > 0 && step >= epochs) {
          yield {
            path: [...path, index],
            message: `must lie below train.epochs, but ${step} of ${epochs} epochs is given`,
          }
        }
      }
    },
  },
  {
    reads: ['train.steps', 'train.rates'],
    *find({ train: { steps, rates } }) {
      if (rates && rates.length !== steps.length) {
        yield {
          path: ['train', 'rates'],
          message: `must have one rate for each of train.steps: ${steps.length}, not ${rates.length}`,
        }
      }
    },
  },
  {
    reads: ['train.policy', 'train.learningRate', 'train.finalLearningRate'],
    *find({ train: { policy, learningRate, finalLearningRate } }) {
      if (policy === 'cosine' && finalLearningRate !== undefined && finalLearningRate >= learningRate) {
        yield {
          path: ['train', 'finalLearningRate'],
          message: `must be below train.learningRate, ${learningRate}; it is ${finalLearningRate}`,
        }
      }
    },
  },
  {
    reads: ['train.batch', 'engine.devices'],
    *find({ train: { batch }, engine: { devices } }) {
      const path = ['engine', 'devices']
      if (devices > batch) {
        yield {
          path,
          message: `must be at most train.batch: ${devices} devices cannot share ${batch} ${batch === 1 ? 'clip' : 'clips'}`,
        }
      } else if (batch % devices > 0) {
        const fewer = batch - (batch % devices)
        yield {
          path,
          message: `must divide train.batch: with ${devices} devices it can be ${fewer} or ${fewer + devices}, not ${batch}`,
        }
      }
    },
  },
  {
    reads: ['data.jitter', 'data.crop'],
    *find({ data: { jitter, crop } }) {
      const path = ['data', 'jitter']
      const [min, max] = jitter
      if (min > max) yield { path, message: `must have the smaller side first: [${max}, ${min}]` }
      else if (min < crop)
        yield { path: [...path, 0], message: `must be at least data.crop, ${crop}: the crop is cut from it` }
    },
  },
  {
    reads: ['data.frames', 'data.crop', 'multigrid.longCycle', 'multigrid.longCycleFactors'],
    *find({ data: { frames, crop }, multigrid: { longCycle, longCycleFactors } }) {
      if (!longCycle) return
      for (const [index, [framesFactor, sizeFactor]] of longCycleFactors.entries()) {
        const path = ['multigrid', 'longCycleFactors', index]
        if (roundHalfEven(frames * framesFactor) < 1) {
          yield {
            path: [...path, 0],
            message: `leaves no frame of data.frames, ${frames}: must be above ${0.5 / frames}`,
          }
        }
        if (roundHalfEven(crop * sizeFactor) < 1) {
          yield {
            path: [...path, 1],
            message: `leaves no pixel of data.crop, ${crop}: must be above ${0.5 / crop}`,
          }
        }
      }
    },
  },
  {
    reads: ['data.crop', 'multigrid.shortCycle', 'multigrid.shortCycleFactors'],
    *find({ data: { crop }, multigrid: { shortCycle, shortCycleFactors } }) {
      if (!shortCycle) return
      for (const [index, factor] of shortCycleFactors.entries()) {
        if (roundHalfEven(crop * factor) >= 1) continue
        const path = ['multigrid', 'shortCycleFactors', index]
        yield { path, message: `leaves no pixel of data.crop, ${crop}: must be above ${0.5 / crop}` }
      }
    },
  },
  {
    reads: ['train.epochs', 'multigrid.longCycle', 'multigrid.shortCycle', 'multigrid.epochFactor'],
    *find({ train, multigrid: { longCycle, shortCycle, epochFactor } }) {
      if (!longCycle && !shortCycle) return
      const path = ['multigrid', 'epochFactor']
      const epochs = train.epochs * epochFactor
      if ((longCycle ? roundHalfEven(epochs) : Math.trunc(epochs)) < 1) {
        yield {
          path,
          message: `leaves no epoch of train.epochs, ${train.epochs}: must be at least ${1 / train.epochs}`,
        }
      }
      if (epochs > mostEpochs) {
        yield {
          path,
          message: `makes ${epochs} epochs of train.epochs, ${train.epochs}: must be at most ${mostEpochs / train.epochs}`,
        }
      }
    },
  },
]

/** Throws a HumanError with every reason why these settings cannot be trained. */
export function checkSettings(settings: ScheduleSettings): void {
  const reasons = checks.flatMap(({ find }) =>
    [...find(settings)].map(({ path, message }) => `${keyPath(path)} ${message}.`),
  )
  if (reasons.length > 0) throw new HumanError(reasons.join('\n'))
}

/** A key as a person writes it: `train.steps[2]`. */
export function keyPath(path: readonly (string | number)[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`))
    .join('')
}
