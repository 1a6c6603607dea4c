import { HumanError } from '../HumanError'
import type { Config } from '../config/schema'
import { totalIterations } from '../schedule/iterations'
import { makePlan } from '../schedule/plan'
import { readEvents } from './eventFile'
import { ownConfig } from './ownConfig'

/** What a batch of a run follows from, beside its data. */
export interface BatchPlace {
  readonly config: Config
  readonly iteration: number
  /** How many more iterations were done than the plan of `config` would have. */
  readonly offset: number
  readonly trainClips: number
}

/** The place of the last iteration on record, or of the one asked for. Throws HumanError where there is none. */
export async function batchPlace(folder: string, iteration?: number): Promise<BatchPlace> {
  const config = configOf(folder)
  let trainClips: number | undefined
  let iterations = 0
  /** The iteration that is trained next, and the first one of the schedule of now. */
  let next = 0
  let edited = 0
  for await (const event of readEvents(folder)) {
    if (event.type === 'run') {
      trainClips = event.clips.train
      next = event.iteration
      // From a checkpoint before the edit on, all is trained again by the edited schedule.
      edited = Math.min(edited, next)
    }
    if (event.type === 'step') next = event.iteration + 1
    if (event.type === 'plan') {
      iterations = event.iterations
      if (event.changes.length > 0) edited = next
    }
  }
  if (trainClips === undefined || iterations === 0) {
    throw new HumanError('The run is still starting: it has no batch yet.')
  }
  const asked = iteration ?? Math.max(next - 1, edited)
  if (asked < edited) {
    throw new HumanError(
      `The schedule was edited at iteration ${edited}: batches from before it cannot be made anew. Ask for a later one.`,
    )
  }
  return {
    config,
    iteration: asked,
    offset: iterations - totalIterations(makePlan(config), trainClips),
    trainClips,
  }
}

function configOf(folder: string): Config {
  try {
    return ownConfig(folder)
  } catch (error) {
    if (error instanceof HumanError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw new HumanError(`The run's schedule in ${folder} cannot be read (${code ?? message}).`)
  }
}
