import type { RunPhase } from '../protocol/view'
import { hasEnded } from './launch'
import type { KnownRun } from './runFolders'
import type { RunHistory } from './RunHistory'

/** What a list says of a run; absent is what is not known. */
export interface RunFacts {
  readonly id: string
  readonly name: string
  readonly folder: string
  readonly schedule: string
  /** ISO date. */
  readonly created: string
  readonly state: RunPhase
  readonly reason: string
  readonly iteration?: number
  readonly iterations?: number
  readonly epoch?: number
  readonly epochs?: number
  readonly secondsLeft?: number
  /** Seconds that were trained, pauses left out. */
  readonly seconds?: number
  readonly best?: { readonly top1: number; readonly map?: number }
  readonly backend?: string
  readonly device?: string
}

/** From its record alone, so that a thousand runs are listed at once; from what its trainer tells where it is followed. */
export function runFacts(run: KnownRun, history?: Pick<RunHistory, 'current' | 'seconds'>): RunFacts {
  const { record, folder } = run
  const { id, name, schedule, created, state, reason, bestTop1, bestMap, progress } = record
  const [, backend, device] = /^(\S+) \((.*)\)$/.exec(record.engine ?? '') ?? []
  const recorded: RunFacts = {
    ...{ id, name, folder, schedule, created, reason },
    // A record without a last word: whether its trainer lives is being found out.
    state: hasEnded(run) ? state : 'connecting',
    ...progress,
    ...(bestTop1 !== undefined && {
      best: { top1: bestTop1, ...(bestMap !== undefined && { map: bestMap }) },
    }),
    ...(backend !== undefined && { backend }),
    ...(device !== undefined && { device }),
  }
  return history ? { ...recorded, ...followedFacts(recorded, history) } : recorded
}

function followedFacts(
  recorded: RunFacts,
  { current, seconds }: Pick<RunHistory, 'current' | 'seconds'>,
): Partial<RunFacts> {
  const { state, reason, now, plan, iterations, info } = current
  const best = bestOf(current.evaluations)
  return {
    // While its events are being read a run that has ended is what its record says.
    ...(state !== 'connecting' && { state, reason }),
    ...(plan && { epochs: plan.epochs, iterations }),
    ...(now && {
      iteration: Math.max(now.iteration + 1, recorded.iteration ?? 0),
      epoch: Math.max(now.epoch, recorded.epoch ?? 0),
      secondsLeft: now.secondsLeft,
    }),
    ...(seconds > 0 && { seconds }),
    ...(best && { best }),
    ...(info && { backend: info.backend, device: info.device }),
  }
}

/** By mAP where there is one, else by top-1. */
export function bestOf(
  evaluations: readonly { readonly top1: number; readonly map?: number }[],
): RunFacts['best'] {
  const merit = ({ top1, map }: { readonly top1: number; readonly map?: number }): number => map ?? top1
  const best = evaluations.reduce<(typeof evaluations)[number] | undefined>(
    (found, one) => (found === undefined || merit(one) > merit(found) ? one : found),
    undefined,
  )
  return best && { top1: best.top1, ...(best.map !== undefined && { map: best.map }) }
}
