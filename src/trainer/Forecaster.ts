import { iterationsPerEpoch } from '../schedule/iterations'
import type { Plan } from '../schedule/plan'
import type { Forecast } from '../protocol/events'
import type { StepFact } from './loop'

const memory = 0.1

/**
 * Seconds per step of every shape, first as timed before the run, then as observed (an exponential mean per shape, so
 * that a slow disk or a busy machine shows within tens of steps), summed over the iterations that the plan has left.
 */
export class Forecaster {
  private readonly seconds = new Map<string, number>()
  private readonly fullSeconds: number | undefined
  private evaluationSeconds = 0
  private readonly totals: { readonly iterations: number; readonly perShape: readonly number[] }[]

  /** `timed` gives seconds per step of a shape; a shape that was not timed costs what its clips × frames × pixels suggest. */
  constructor(
    private readonly plan: Plan,
    private readonly clips: number,
    private readonly evaluations: readonly number[],
    timed: ReadonlyMap<string, number>,
    private readonly baseline: { readonly key: string; readonly epochs: number; readonly batch: number },
  ) {
    for (const [key, value] of timed) this.seconds.set(key, value)
    this.fullSeconds = timed.get(baseline.key)
    this.totals = plan.phases.map((phase) => {
      const epochs = phase.endEpoch - phase.startEpoch
      const perEpoch = iterationsPerEpoch(phase.shapes, clips)
      const n = phase.shapes.length
      const perShape = phase.shapes.map((_, i) => (Math.floor(perEpoch / n) + (i < perEpoch % n ? 1 : 0)) * epochs)
      return { iterations: perEpoch * epochs, perShape }
    })
  }

  observe(fact: StepFact): void {
    const key = shapeKey(fact.shape)
    const took = fact.seconds.data + fact.seconds.compute
    const before = this.seconds.get(key)
    this.seconds.set(key, before === undefined ? took : before + memory * (took - before))
  }

  observeEvaluation(seconds: number): void {
    this.evaluationSeconds = seconds
  }

  /** What is left after `done` iterations of this plan, at fractional epoch `epoch`. */
  at(done: number, epoch: number): Forecast & { progress: number } {
    let left = 0
    let all = 0
    let before = 0
    const phaseSeconds: number[] = []
    const secondsPerStep: number[][] = []
    for (const [index, phase] of this.plan.phases.entries()) {
      const { iterations, perShape } = this.totals[index]!
      const costs = phase.shapes.map((shape) => this.cost(shape))
      const total = costs.reduce((sum, cost, i) => sum + cost * perShape[i]!, 0)
      const share = iterations === 0 ? 1 : Math.min(1, Math.max(0, (done - before) / iterations))
      phaseSeconds.push(total)
      secondsPerStep.push(costs)
      all += total
      left += total * (1 - share)
      before += iterations
    }
    const evaluationsLeft = this.evaluations.filter((at) => at + 1 > epoch).length
    const secondsLeft = left + evaluationsLeft * this.evaluationSeconds
    const baselineSeconds = this.baselineSeconds()
    return {
      secondsLeft,
      phaseSeconds,
      secondsPerStep,
      progress: all === 0 ? 1 : 1 - left / all,
      ...(baselineSeconds !== undefined && all > 0 && { speedUp: baselineSeconds / all }),
    }
  }

  private cost(shape: { batch: number; frames: number; size: number }): number {
    const known = this.seconds.get(shapeKey(shape))
    if (known !== undefined) return known
    const work = (s: { batch: number; frames: number; size: number }): number => s.batch * s.frames * s.size * s.size
    let seconds = 0
    let elements = 0
    for (const [key, value] of this.seconds) {
      const [batch, frames, size] = key.split('x').map(Number) as [number, number, number]
      seconds += value
      elements += work({ batch, frames, size })
    }
    return elements === 0 ? 0 : (seconds / elements) * work(shape)
  }

  private baselineSeconds(): number | undefined {
    const step = this.seconds.get(this.baseline.key) ?? this.fullSeconds
    if (step === undefined) return undefined
    return step * Math.floor(this.clips / this.baseline.batch) * this.baseline.epochs
  }
}

/** Shapes with one key cost the same: stride changes what is read, not what is computed. */
export function shapeKey(shape: { batch: number; frames: number; size: number }): string {
  return `${shape.batch}x${shape.frames}x${shape.size}`
}
