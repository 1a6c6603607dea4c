export interface Example {
  readonly vector: readonly number[]
  readonly label: number
}

/** Share of `val` that a softmax regression, fitted to the standardised features of `train`, labels rightly. */
export function logisticAccuracy(
  train: readonly Example[],
  val: readonly Example[],
  classes: number,
): number {
  const scale = standardiser(train)
  const examples = train.map(({ vector, label }) => ({ vector: scale(vector), label }))
  const width = examples[0]!.vector.length
  const weights = Array.from({ length: classes }, () => new Float64Array(width))
  const rate = 0.5
  for (let step = 0; step < 300; step++) {
    const gradients = weights.map((row) => row.map((weight) => 0.01 * weight))
    for (const { vector, label } of examples) {
      const shares = softmax(weights.map((row) => dot(row, vector)))
      shares.forEach((share, index) => {
        const error = (share - (index === label ? 1 : 0)) / examples.length
        const gradient = gradients[index]!
        for (let feature = 0; feature < width; feature++) gradient[feature]! += error * vector[feature]!
      })
    }
    weights.forEach((row, index) => {
      for (let feature = 0; feature < width; feature++) row[feature]! -= rate * gradients[index]![feature]!
    })
  }
  const right = val.filter(({ vector, label }) => {
    const scores = weights.map((row) => dot(row, scale(vector)))
    return scores.indexOf(Math.max(...scores)) === label
  })
  return right.length / val.length
}

/** Zero mean and unit variance over the training set, and a one for the bias. */
function standardiser(train: readonly Example[]): (vector: readonly number[]) => number[] {
  const width = train[0]!.vector.length
  const mean = Array.from({ length: width }, (_, i) => average(train.map(({ vector }) => vector[i]!)))
  const deviation = mean.map(
    (m, i) => Math.sqrt(average(train.map(({ vector }) => (vector[i]! - m) ** 2))) || 1,
  )
  return (vector) => [...vector.map((value, i) => (value - mean[i]!) / deviation[i]!), 1]
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function dot(row: Float64Array, vector: readonly number[]): number {
  return vector.reduce((sum, value, index) => sum + value * row[index]!, 0)
}

function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores)
  const powers = scores.map((score) => Math.exp(score - most))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map((power) => power / total)
}
