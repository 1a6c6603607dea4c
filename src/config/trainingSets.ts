/** Names of what lies together and is trained and validated on. */
export interface TrainingSet {
  readonly train: string
  readonly val?: string
}

const validating = ['val', 'valid', 'validation', 'test', 'testing'] as const

/**
 * The data sets among names that lie in one folder: `train` or a list like `trainlist01.txt`, with the one that is called
 * the same but for that word.
 */
export function trainingSets(names: readonly string[]): TrainingSet[] {
  const byName = new Map(names.map((name) => [name.toLowerCase(), name]))
  return names
    .filter((name) =>
      /^train(ing)?$|^(.*[_.-])?train(ing)?([_.-].*|list\d*|\d+)?\.(csv|txt|json)$/i.test(name),
    )
    .sort()
    .map((train) => {
      const called = validating.flatMap(
        (word) => byName.get(train.toLowerCase().replace(/train(ing)?/, word)) ?? [],
      )
      const [val] = called
      return val === undefined ? { train } : { train, val }
    })
}
