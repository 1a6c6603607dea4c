import type { Forecast } from '../protocol/events'
import { forecast, speedUp } from '../schedule/forecast'
import { pixels } from '../schedule/work'
import type { Plan, ScheduleSettings, Shape } from '../schedule/plan'
import type { StepFact } from './loop'

/** How much of a shape's estimate one observed step moves: what lasts shows within tens of steps, one hiccup hardly. */
const weight = 0.1

interface Cost {
  readonly pixels: number
  seconds: number
}

/** Seconds per step of every shape, first as timed before the run, then as observed, and what they say of the time left. */
export class Forecaster {
  private readonly costs = new Map<string, Cost>()
  private evaluationSeconds = 0

  constructor(
    private readonly options: {
      readonly settings: ScheduleSettings
      readonly plan: Plan
      readonly clips: number
      /** Epochs after which the run is evaluated. */
      readonly evaluations: readonly number[]
      /** Seconds per step by `shapeKey`, and the shape's pixels. */
      readonly timed: ReadonlyMap<string, Readonly<Cost>>
    },
  ) {
    for (const [key, cost] of options.timed) this.costs.set(key, { ...cost })
  }

  /** The same machine with another schedule: what was observed holds. */
  with(schedule: { settings: ScheduleSettings; plan: Plan; evaluations: readonly number[] }): Forecaster {
    const other = new Forecaster({ ...this.options, ...schedule, timed: this.costs })
    other.evaluationSeconds = this.evaluationSeconds
    return other
  }

  observe({ shape, seconds }: StepFact): void {
    const took = seconds.data + seconds.compute
    const cost = this.costs.get(shapeKey(shape))
    if (cost) cost.seconds += weight * (took - cost.seconds)
    else
      this.costs.set(shapeKey(shape), { pixels: shape.batch * shape.frames * shape.size ** 2, seconds: took })
  }

  observeEvaluation(seconds: number): void {
    this.evaluationSeconds = seconds
  }

  /** Share of the work that is done, and the seconds that are left, after `done` iterations of the plan, at `epoch`. */
  at(done: number, epoch: number): { progress: number; secondsLeft: number } {
    return this.forecast(done, epoch)
  }

  /** The same with everything that a timeline draws. */
  whole(done: number, epoch: number): Forecast {
    const { settings, plan, clips } = this.options
    const { secondsLeft, phaseSeconds, secondsPerStep } = this.forecast(done, epoch)
    const faster = speedUp({ settings, plan, clips, stepSeconds: this.stepSeconds })
    return {
      secondsLeft,
      phaseSeconds: [...phaseSeconds],
      secondsPerStep: secondsPerStep.map((one) => [...one]),
      ...(faster !== undefined && { speedUp: faster }),
    }
  }

  private forecast(done: number, epoch: number): ReturnType<typeof forecast> {
    const { plan, clips, evaluations } = this.options
    const left = evaluations.filter((at) => at + 1 > epoch).length
    return forecast({
      plan,
      clips,
      done,
      stepSeconds: this.stepSeconds,
      evaluations: { left, seconds: this.evaluationSeconds },
    })
  }

  /** A shape that was never seen costs what its pixels suggest. */
  private readonly stepSeconds = (shape: Shape): number => {
    const known = this.costs.get(shapeKey(shape))
    if (known) return known.seconds
    const costs = [...this.costs.values()]
    const seconds = costs.reduce((sum, cost) => sum + cost.seconds, 0)
    const all = costs.reduce((sum, cost) => sum + cost.pixels, 0)
    return all === 0 ? 0 : (seconds / all) * pixels(shape)
  }
}

/** Shapes with one key cost the same: stride changes what is read, not what is computed. */
export function shapeKey(shape: { batch: number; frames: number; size: number }): string {
  return `${shape.batch}x${shape.frames}x${shape.size}`
}
