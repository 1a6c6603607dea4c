import { iterationsPerEpoch } from './iterations'
import type { Phase, Plan } from './phase'
import { makePlan } from './plan'
import type { ScheduleSettings } from './settings'
import type { Shape } from './shortCycle'
import { withoutMultigrid } from './withoutMultigrid'

/** Seconds that one step of a shape takes: measured, observed or estimated; not negative. */
export type StepSeconds = (shape: Shape) => number

/** What a plan takes on a machine, in seconds of that machine. */
export interface PlanForecast {
  /** Steps and evaluations that are left. */
  readonly secondsLeft: number
  /** Steps of each whole phase, done or not. */
  readonly phaseSeconds: readonly number[]
  /** `[phase][shape]` */
  readonly secondsPerStep: readonly (readonly number[])[]
  /** Share of all steps' seconds that is done, 0..1: it grows with the work, not with the iterations. */
  readonly progress: number
}

/** Forecast after `done` iterations of a plan over `clips` clips. */
export function forecast(options: {
  readonly plan: Plan
  readonly clips: number
  readonly done: number
  readonly stepSeconds: StepSeconds
  /** Evaluations that are still to come, and what one of them takes. */
  readonly evaluations?: { readonly left: number; readonly seconds: number }
}): PlanForecast {
  const { plan, clips, done, stepSeconds, evaluations } = options
  const secondsPerStep = plan.phases.map(({ shapes }) => shapes.map(stepSeconds))
  let before = 0
  let spent = 0
  const phaseSeconds = plan.phases.map((phase, index) => {
    const all = phaseIterations(phase, clips)
    const seconds = (iterations: number): number =>
      dot(iterationsByShape(phase, clips, iterations), secondsPerStep[index]!)
    spent += seconds(Math.min(Math.max(done - before, 0), all))
    before += all
    return seconds(all)
  })
  const total = phaseSeconds.reduce((sum, one) => sum + one, 0)
  const left = done >= before ? 0 : Math.max(0, total - spent)
  return {
    secondsLeft: left + (evaluations ? evaluations.left * evaluations.seconds : 0),
    phaseSeconds,
    secondsPerStep,
    progress: progressOf({ spent, total, done, iterations: before }),
  }
}

/** Seconds of all steps of a plan. */
export function planSeconds(plan: Plan, clips: number, stepSeconds: StepSeconds): number {
  return forecast({ plan, clips, done: 0, stepSeconds }).secondsLeft
}

/**
 * How many times faster this schedule is than the same training without multigrid; undefined where either takes no time,
 * and for a schedule that has neither cycle.
 */
export function speedUp(options: {
  readonly settings: ScheduleSettings
  readonly plan: Plan
  readonly clips: number
  readonly stepSeconds: StepSeconds
}): number | undefined {
  const { settings, plan, clips, stepSeconds } = options
  if (!settings.multigrid.longCycle && !settings.multigrid.shortCycle) return undefined
  const plain = planSeconds(makePlan(withoutMultigrid(settings)), clips, stepSeconds)
  const multigrid = planSeconds(plan, clips, stepSeconds)
  return plain > 0 && multigrid > 0 ? plain / multigrid : undefined
}

/** Of the first `iterations` of a phase, how many have each shape; every epoch begins the short cycle anew. */
export function iterationsByShape({ shapes }: Phase, clips: number, iterations: number): number[] {
  const perEpoch = iterationsPerEpoch(shapes, clips)
  if (perEpoch === 0) return shapes.map(() => 0)
  const rest = iterations % perEpoch
  const epochs = (iterations - rest) / perEpoch
  const within = (count: number, index: number): number => Math.floor((count - index - 1) / shapes.length) + 1
  return shapes.map((_, index) => epochs * within(perEpoch, index) + within(rest, index))
}

function phaseIterations({ startEpoch, endEpoch, shapes }: Phase, clips: number): number {
  return (endEpoch - startEpoch) * iterationsPerEpoch(shapes, clips)
}

function progressOf(of: { spent: number; total: number; done: number; iterations: number }): number {
  if (of.done >= of.iterations) return 1
  return of.total > 0 ? Math.min(1, of.spent / of.total) : of.done / of.iterations
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, index) => sum + value * other[index]!, 0)
}
