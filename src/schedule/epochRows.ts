import { learningRate } from './learningRate'
import type { Plan } from './phase'
import type { ScheduleSettings } from './settings'

export interface EpochRow {
  readonly epoch: number
  readonly phase: number
  /** Learning rate at the start of each quarter of the epoch. */
  readonly lr: readonly [number, number, number, number]
  /** Whether the network is evaluated after this epoch. */
  readonly evaluate: boolean
}

/** One row per epoch, in order. */
export function epochRows(settings: ScheduleSettings, plan: Plan): EpochRow[] {
  const rate = (epoch: number): number => learningRate(settings, plan, epoch)
  return plan.phases.flatMap(({ startEpoch, endEpoch }, phase) =>
    Array.from({ length: endEpoch - startEpoch }, (_, index) => {
      const epoch = startEpoch + index
      return {
        epoch,
        phase,
        lr: [rate(epoch), rate(epoch + 0.25), rate(epoch + 0.5), rate(epoch + 0.75)] as const,
        evaluate: evaluatesAfter(settings, plan, phase, epoch),
      }
    }),
  )
}

/** The last epoch always is; with a long cycle each phase also ends with one and has a few before that. */
function evaluatesAfter(
  { train, multigrid }: ScheduleSettings,
  plan: Plan,
  phase: number,
  epoch: number,
): boolean {
  if (epoch + 1 === plan.epochs) return true
  if (!multigrid.longCycle) return (epoch + 1) % train.evaluateEvery === 0
  const { startEpoch, endEpoch } = plan.phases[phase]!
  const period = Math.floor((endEpoch - startEpoch) / multigrid.evaluationsPerShape) + 1
  return (endEpoch - 1 - epoch) % period === 0
}
