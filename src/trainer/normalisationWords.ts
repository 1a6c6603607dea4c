import type { Plan } from '../schedule/plan'
import { splitsOf } from './splits'

/** What each phase's normalisation takes its statistics over, in words; `devices` of `sync` are not to be had here. */
export function normalisationWords({ phases }: Plan, layers: number): string {
  const ways = new Map<string, { start: number; end: number }[]>()
  for (const { norm, shapes, startEpoch: start, endEpoch: end } of phases) {
    const { batch } = shapes.at(-1)!
    const way =
      norm.kind === 'split'
        ? `groups of ${batch / splitsOf({ norm }, batch)} clips${shapes.length > 1 ? ' that grow with the short cycle' : ''}`
        : norm.kind === 'sync'
          ? `each batch by itself, since there is one device for the ${norm.devices} of the plan,`
          : 'the whole batch'
    const spans = ways.get(way) ?? []
    const last = spans.at(-1)
    if (last?.end === start) last.end = end
    else ways.set(way, [...spans, { start, end }])
  }
  const parts = [...ways].map(([way, spans]) => {
    return `${way} in epochs ${spans.map(({ start, end }) => `${start}-${end}`).join(', ')}`
  })
  return `${layers} normalisation layers, over ${parts.join('; ')}`
}
