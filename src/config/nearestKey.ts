/** The key that was probably meant, or undefined where none is near. */
export function nearestKey(written: string, keys: readonly string[]): string | undefined {
  const plain = normalise(written)
  const initials = keys.find((key) => key.replace(/(?<=.)[a-z]+/g, '').toLowerCase() === plain)
  const [nearest] = keys
    .map((key) => ({ key, distance: distanceBetween(plain, normalise(key)) }))
    .filter(
      ({ key, distance }) => distance <= Math.max(1, Math.floor(Math.min(plain.length, key.length) / 3)),
    )
    .sort((a, b) => a.distance - b.distance)
  return (
    nearest?.key ?? initials ?? keys.find((key) => plain.length > 2 && containsEither(plain, normalise(key)))
  )
}

function normalise(key: string): string {
  return key
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^a-z0-9$]/g, '')
}

function containsEither(one: string, other: string): boolean {
  return one.includes(other) || other.includes(one)
}

/** Edits that make one word the other: insertions, deletions, replacements, and swaps of neighbours. */
export function distanceBetween(one: string, other: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1]
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        best = Math.min(best, beforeLast[j - 2]! + 1)
      row.push(best)
    }
    beforeLast = last
    last = row
  }
  return last[other.length]!
}
