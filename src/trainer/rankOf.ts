/**
 * How many classes come before the first of `labels`: they score higher, or as much and have a lower index. A score that
 * is no number is never first; without labels it is infinite.
 */
export function rankOf(scores: ArrayLike<number>, labels: readonly number[]): number {
  return labels.reduce((best, label) => Math.min(best, rankOfOne(scores, label)), Infinity)
}

function rankOfOne(scores: ArrayLike<number>, label: number): number {
  const own = scores[label]!
  let rank = 0
  for (let other = 0; other < scores.length; other++) {
    const score = scores[other]!
    if (!(score < own || (score === own && other >= label))) rank++
  }
  return rank
}
