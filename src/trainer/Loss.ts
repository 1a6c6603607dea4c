/** Which one class a clip is of (softmax), or for each class whether the clip is of it (sigmoids). */
export type Loss = 'cross-entropy' | 'binary-cross-entropy'

/** Each class's probability by a clip's logits; they sum to 1 where a clip is of one class. */
export function scoresOf(loss: Loss, logits: ArrayLike<number>): Float64Array {
  if (loss === 'binary-cross-entropy') return Float64Array.from(logits, sigmoid)
  const whole = logSumOfExponentials(logits)
  return Float64Array.from(logits, (logit) => Math.exp(logit - whole))
}

/** Of one clip: as PyTorch's CrossEntropyLoss, or as its BCEWithLogitsLoss, a mean over the classes. */
export function lossOfLogits(loss: Loss, logits: ArrayLike<number>, labels: readonly number[]): number {
  if (loss === 'cross-entropy') return logSumOfExponentials(logits) - logits[labels[0]!]!
  return meanOver(logits, (logit, label) => {
    const wrong = labels.includes(label) ? -logit : logit
    return Math.max(wrong, 0) + Math.log1p(Math.exp(-Math.abs(logit)))
  })
}

/** The same by probabilities; the logarithm of one is at least −100, as in PyTorch's BCELoss. */
export function lossOfScores(loss: Loss, scores: ArrayLike<number>, labels: readonly number[]): number {
  if (loss === 'cross-entropy') return -logarithm(scores[labels[0]!]!)
  return meanOver(scores, (score, label) => -logarithm(labels.includes(label) ? score : 1 - score))
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit))
}

function logSumOfExponentials(logits: ArrayLike<number>): number {
  const values = Array.from(logits)
  const largest = values.reduce((most, value) => Math.max(most, value), -Infinity)
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0))
}

function logarithm(probability: number): number {
  return Math.max(Math.log(probability), -100)
}

function meanOver(values: ArrayLike<number>, of: (value: number, index: number) => number): number {
  const all = Array.from(values)
  return all.reduce((sum, value, index) => sum + of(value, index), 0) / all.length
}
