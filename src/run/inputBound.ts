import type { InputStretch } from '../protocol/view'

/** Seconds of one step, or of several in a row: waiting for data and in all, with the longest wait of a single one. */
export interface Waited {
  readonly steps: number
  readonly waited: number
  readonly longest: number
  readonly took: number
}

/** A stretch of steps in a row, from its first step's `epoch`. */
export interface WaitedBucket extends Waited {
  readonly epoch: number
}

/** Waiting for data above this share of the time holds training up; below the second it does so no more. */
export const threshold = 0.2
const ends = 0.15

/** Fewer steps than the first tell nothing; the second evens out that steps of a cycle wait differently. */
const fewest = 4
export const smoothed = 24

/** Share of the time that was waiting for data, 0..1. */
export const shareOf = ({ waited, took }: Pick<Waited, 'waited' | 'took'>): number =>
  took > 0 ? waited / took : 0

/**
 * Whether waiting holds training up, by steps in a row and what was said of those before them. It does not begin with
 * the longest wait alone: one slow step, as at the start of an epoch, is no bottleneck.
 */
export function isInputBound({ steps, waited, longest, took }: Waited, before: boolean): boolean {
  if (steps < fewest) return before
  if (before) return shareOf({ waited, took }) > ends
  return shareOf({ waited: waited - longest, took: took - longest }) > threshold
}

/** The stretches of `buckets` in which training was input-bound, the last of them at most to epoch `end`. */
export function inputStretches(buckets: readonly WaitedBucket[], end: number): InputStretch[] {
  const stretches: (Waited & { start: number; end: number })[] = []
  let bound = false
  for (const [index, bucket] of buckets.entries()) {
    const before = bound
    bound = isInputBound(around(buckets, index), before)
    if (!bound) continue
    const until = buckets[index + 1]?.epoch ?? end
    const last = stretches.at(-1)
    if (before && last)
      stretches[stretches.length - 1] = { ...sum([last, bucket]), start: last.start, end: until }
    else stretches.push({ ...sum([bucket]), start: bucket.epoch, end: until })
  }
  return stretches.map(({ start, end: until, ...waits }) => ({ start, end: until, share: shareOf(waits) }))
}

/** A bucket with its neighbours on both sides, until there are steps enough. */
function around(buckets: readonly Waited[], index: number): Waited {
  let [from, to] = [index, index + 1]
  let steps = buckets[index]!.steps
  while (steps < smoothed && (from > 0 || to < buckets.length)) {
    if (from > 0) steps += buckets[--from]!.steps
    if (to < buckets.length) steps += buckets[to++]!.steps
  }
  return sum(buckets.slice(from, to))
}

export function sum(all: readonly Waited[]): Waited {
  return all.reduce(
    (a, b) => ({
      steps: a.steps + b.steps,
      waited: a.waited + b.waited,
      longest: Math.max(a.longest, b.longest),
      took: a.took + b.took,
    }),
    { steps: 0, waited: 0, longest: 0, took: 0 },
  )
}
