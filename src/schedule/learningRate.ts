import { phaseAt } from './phaseAt'
import type { Phase, Plan } from './phase'
import type { ScheduleSettings } from './settings'

/** Learning rate at a fractional epoch; warm-up ends at the rate of its last epoch (Goyal et al. 2017). */
export function learningRate(settings: ScheduleSettings, plan: Plan, epoch: number): number {
  const { epochs, from } = settings.train.warmup
  if (epoch >= epochs) return policyRate(settings, plan, epoch)
  return from + (epoch * (policyRate(settings, plan, epochs) - from)) / epochs
}

function policyRate({ train }: ScheduleSettings, plan: Plan, epoch: number): number {
  const phase = plan.phases[phaseAt(plan, epoch)]!
  const batchFactor = phase.shapes.at(-1)!.batch / train.batch
  if (train.policy === 'cosine') return batchFactor * cosineRate(train, plan.epochs, epoch)
  const stage = rateStage(phase, epoch)
  return train.learningRate * batchFactor * (train.rates?.[stage] ?? train.gamma ** stage)
}

/** Half a cosine from the base rate to the final one (Loshchilov and Hutter 2017, without restarts). */
function cosineRate(train: ScheduleSettings['train'], epochs: number, epoch: number): number {
  const { learningRate: base, finalLearningRate: final = 0 } = train
  const start = train.cosineAfterWarmup ? train.warmup.epochs : 0
  const share = epoch > start ? (epoch - start) / (epochs - start) : 0
  return final + (base - final) * 0.5 * (1 + Math.cos(Math.PI * share))
}

/** The fine-tuning phase keeps the rate of the stage before it for its first half. */
function rateStage({ lrStage, fineTune, startEpoch, endEpoch }: Phase, epoch: number): number {
  const firstHalf = fineTune && lrStage > 0 && epoch < Math.floor((startEpoch + endEpoch) / 2)
  return firstHalf ? lrStage - 1 : lrStage
}
