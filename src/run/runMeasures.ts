import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { resolvePaths } from '../config/resolvePaths'
import type { Config } from '../config/schema'
import { stepWork } from '../config/stepWork'
import type { RunEvent } from '../protocol/events'
import { readEvents } from './eventFile'
import { measuredSeconds } from './measuredSeconds'
import type { Measured } from './measuredSeconds'
import { ownConfig } from './ownConfig'
import type { PlanKnowledge } from './plannedView'

/** A run times every shape before its first step; days of training after that say the same, and take long to read. */
const eventsRead = 20_000

/** What the record of a run says of its data and its machine, and by which config it trained. */
export interface RunMeasures extends Measured {
  readonly config: Config
}

/** Undefined of a run that has timed nothing yet, or whose folder cannot be read. */
export async function runMeasures(folder: string): Promise<RunMeasures | undefined> {
  try {
    const config = ownConfig(folder)
    const measured = await measuredSeconds(firstOf(readEvents(folder)), stepWork(config))
    return measured && { config, ...measured }
  } catch {
    return undefined
  }
}

/** What runs say of a schedule in `folder`: the clips of one of the same data, the times of one of the same network and engine. */
export function knowledgeOf(config: Config, folder: string, runs: readonly RunMeasures[]): PlanKnowledge {
  const { data } = resolvePaths(config, path.resolve(folder))
  const seen = runs.find((run) => listing.every((key) => isDeepStrictEqual(run.config.data[key], data[key])))
  const timed = runs.find(
    (run) =>
      costing.every((key) => isDeepStrictEqual(run.config.model[key], config.model[key])) &&
      isDeepStrictEqual(run.config.engine, config.engine),
  )
  return { ...(seen && { clips: seen.clips }), ...(timed && { seconds: timed.seconds }) }
}

/** The keys that say which clips there are. */
const listing = [
  'train',
  'layout',
  'root',
  'followLinks',
] as const satisfies readonly (keyof Config['data'])[]

/** The keys that say what a network computes. */
const costing = [
  'arch',
  'depth',
  'width',
  'alpha',
  'betaInv',
  'nonLocal',
] as const satisfies readonly (keyof Config['model'])[]

async function* firstOf(events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent> {
  let read = 0
  for await (const event of events) {
    yield event
    if (++read === eventsRead) return
  }
}
