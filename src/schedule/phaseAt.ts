import { lastAtOrBelow } from './lastAtOrBelow'
import type { Plan } from './phase'

/** Index of the phase that a fractional epoch falls into; the last one from the end of the plan on. */
export function phaseAt({ phases }: Plan, epoch: number): number {
  return Math.max(
    0,
    lastAtOrBelow(phases.length, (index) => phases[index]!.startEpoch, epoch),
  )
}
