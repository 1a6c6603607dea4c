import type { Plan } from '../schedule/plan'

/** What each phase's normalisation takes its statistics over, in words; `devices` of `sync` are not to be had here. */
export function normalisationWords({ phases }: Plan, layers: number): string {
  const ways = new Map<string, string[]>()
  for (const { norm, shapes, startEpoch, endEpoch } of phases) {
    const { batch } = shapes.at(-1)!
    const way =
      norm.kind === 'split'
        ? `groups of ${batch / norm.splits} clips (${norm.splits} of them, which grow with the short cycle)`
        : norm.kind === 'sync'
          ? `each batch by itself, since there is one device (sync over ${norm.devices} is planned)`
          : 'the whole batch'
    ways.set(way, [...(ways.get(way) ?? []), `${startEpoch}-${endEpoch}`])
  }
  const parts = [...ways].map(([way, epochs]) => `${way} in epochs ${epochs.join(', ')}`)
  return `${layers} normalisation layers take their statistics over ${parts.join('; over ')}`
}
