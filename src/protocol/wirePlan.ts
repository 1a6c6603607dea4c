import { learningRate } from '../schedule/plan'
import type { EpochRow, Plan, ScheduleSettings } from '../schedule/plan'
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

/** The same points without the rows of every epoch: a plan of a million epochs is drawn while its number is typed. */
export function planRates(settings: ScheduleSettings, plan: Plan): [epoch: number, rate: number][] {
  const quarters = plan.epochs * 4
  const every = Math.ceil(quarters / maxRatePoints)
  const shown = Array.from({ length: Math.ceil(quarters / every) }, (_, index) => index * every)
  if (shown.at(-1) !== quarters - 1) shown.push(quarters - 1)
  return shown.map((quarter) => [quarter / 4, learningRate(settings, plan, quarter / 4)])
}
