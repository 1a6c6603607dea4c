import type { EpochRow, Plan } from '../schedule/plan'
import type { WirePlan } from './events'

const maxRatePoints = 2000

/** The plan as it travels: a mutable copy, as the schema's types want it. */
export function wirePlanOf({ epochs, phases }: Plan): WirePlan {
  return {
    epochs,
    phases: phases.map((phase) => ({
      ...phase,
      shapes: phase.shapes.map((shape) => ({ ...shape, jitter: [...shape.jitter] })),
      stride: [...phase.stride],
    })),
  }
}

/** [epoch, rate] at the quarters of epochs, thinned evenly to at most 2,000 points or so; the last one stays. */
export function ratePoints(rows: readonly EpochRow[]): [epoch: number, rate: number][] {
  const all = rows.flatMap(({ epoch, lr }) =>
    lr.map((rate, quarter): [number, number] => [epoch + quarter / 4, rate]),
  )
  const every = Math.ceil(all.length / maxRatePoints)
  return all.filter((_, i) => i % every === 0 || i === all.length - 1)
}
