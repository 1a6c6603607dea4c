import type { StepSeconds } from './forecast'
import type { Shape } from './shortCycle'
import type { StepCost } from './work'
import { shapeWords } from './words'

export interface TimedShape {
  readonly shape: Omit<Shape, 'jitter'>
  /** Of one step. */
  readonly seconds: number
}

/** Seconds of a step from those of some shapes, one at least; other shapes in proportion to their work. */
export function stepSeconds(timed: readonly TimedShape[], work: StepCost): StepSeconds {
  const known = new Map(timed.map(({ shape, seconds }) => [shapeWords(shape), seconds]))
  const rate = median(timed.map(({ shape, seconds }) => seconds / work({ ...shape, jitter: [0, 0] })))
  return (shape) => known.get(shapeWords(shape)) ?? rate * work(shape)
}

/** Of at least one number: a cold cache or a hiccup does not move it. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}
