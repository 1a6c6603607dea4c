/** One clip's probability of each class, and the classes it is of. */
export interface JudgedClip {
  readonly scores: ArrayLike<number>
  readonly labels: readonly number[]
}

/** Mean of the classes' average precisions, of those that some clip is of; undefined where there is none. 0..1. */
export function meanAveragePrecision(clips: readonly JudgedClip[], classes: number): number | undefined {
  const precisions = Array.from({ length: classes }, (_, label) =>
    averagePrecision(
      clips.map(({ scores }) => scores[label]!),
      clips.map(({ labels }) => labels.includes(label)),
    ),
  ).filter((precision) => precision !== undefined)
  if (precisions.length === 0) return undefined
  return precisions.reduce((sum, precision) => sum + precision, 0) / precisions.length
}

/**
 * Σ (recall gained × precision) down the ranked scores, equal ones being one threshold, as scikit-learn's
 * average_precision_score; undefined where nothing is right. A score that is no number ranks last.
 */
export function averagePrecision(scores: readonly number[], right: readonly boolean[]): number | undefined {
  const wanted = right.filter(Boolean).length
  if (wanted === 0) return undefined
  const ranked = scores
    .map((score, index) => ({ score: Number.isNaN(score) ? -Infinity : score, right: right[index]! }))
    .sort((a, b) => (a.score === b.score ? 0 : b.score - a.score))
  let [sum, found, before] = [0, 0, 0]
  ranked.forEach((one, index) => {
    if (one.right) found++
    if (ranked[index + 1]?.score === one.score) return
    sum += ((found - before) / wanted) * (found / (index + 1))
    before = found
  })
  return sum
}
