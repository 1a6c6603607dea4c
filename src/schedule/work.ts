import type { Phase, Plan } from './phase'
import type { Shape } from './shortCycle'

/** What one step of a shape costs, in any unit: pixels, multiply-adds, seconds. Positive. */
export type StepCost = (shape: Shape) => number

/** Pixels of a step, to which its computation is roughly proportional; a stand-in where nothing better is known. */
export function pixels({ batch, frames, size }: Omit<Shape, 'jitter'>): number {
  return batch * frames * size * size
}

/** What the epochs of a phase cost for each clip of the data set, on average over the short cycle. */
export function phaseWork({ startEpoch, endEpoch, shapes }: Phase, cost: StepCost): number {
  const sum = (of: (shape: Shape) => number): number => shapes.reduce((total, shape) => total + of(shape), 0)
  return ((endEpoch - startEpoch) * sum(cost)) / sum(({ batch }) => batch)
}

/** The same for a whole plan. */
export function planWork({ phases }: Plan, cost: StepCost): number {
  return phases.reduce((sum, phase) => sum + phaseWork(phase, cost), 0)
}
