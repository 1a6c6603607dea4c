import type { RunEvent } from '../protocol/events'
import { median, stepSeconds } from '../schedule/stepSeconds'
import type { TimedShape } from '../schedule/stepSeconds'
import type { StepSeconds } from '../schedule/forecast'
import type { StepCost } from '../schedule/work'
import { shapeWords } from '../schedule/words'

/** Steps of a shape that its time is taken from, the last ones: days of training are millions of them. */
const keptSteps = 1000

export interface Measured {
  /** Seconds of a step: what the run's steps took, else what its forecast says; other shapes in proportion to `work`. */
  readonly seconds: StepSeconds
  /** Training clips of the run. */
  readonly clips: number
}

/** What a run's record says of its machine; undefined before it has timed anything. */
export async function measuredSeconds(
  events: AsyncIterable<RunEvent>,
  work: StepCost,
): Promise<Measured | undefined> {
  const timed = new Map<string, TimedShape>()
  const observed = new Map<string, { steps: number; last: number[] }>()
  let clips: number | undefined
  for await (const event of events) {
    if (event.type === 'run') clips = event.clips.train
    if (event.type === 'plan') {
      for (const [index, phase] of event.plan.phases.entries()) {
        for (const [place, shape] of phase.shapes.entries()) {
          const seconds = event.forecast?.secondsPerStep[index]?.[place]
          if (seconds !== undefined && seconds > 0) timed.set(shapeWords(shape), { shape, seconds })
        }
      }
    }
    if (event.type === 'step') {
      const key = shapeWords(event.shape)
      const seen = observed.get(key) ?? { steps: 0, last: [] }
      seen.last[seen.steps++ % keptSteps] = event.seconds.data + event.seconds.compute
      observed.set(key, seen)
    }
  }
  for (const [key, { last }] of observed) {
    const known = timed.get(key)
    if (known) timed.set(key, { ...known, seconds: median(last) })
  }
  if (clips === undefined || timed.size === 0) return undefined
  return { clips, seconds: stepSeconds([...timed.values()], work) }
}
