import type { Phase } from '../schedule/plan'

/**
 * Groups of clips that are normalised apart: the plan's sub-batches, or the next fewer that divide the batch evenly.
 * `sync` is one group over several devices; with one device that is the whole batch.
 */
export function splitsOf({ norm }: Pick<Phase, 'norm'>, batch: number): number {
  let splits = norm.kind === 'split' ? Math.min(norm.splits, batch) : 1
  while (batch % splits !== 0) splits--
  return splits
}
