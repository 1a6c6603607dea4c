/** Greatest index of `length` ascending values that is at or below `value`, by bisection; -1 where all are above. */
export function lastAtOrBelow(length: number, at: (index: number) => number, value: number): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(middle) <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}
