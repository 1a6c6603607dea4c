import { lastAtOrBelow } from '../schedule/lastAtOrBelow'

/** A function from an offset in `text` to its line and column, both from 1. */
export function linesOf(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0]
  for (const { index, 0: end } of text.matchAll(/\r\n|\r|\n/g)) starts.push(index + end.length)
  return (offset) => {
    const line = lastAtOrBelow(starts.length, (index) => starts[index]!, offset)
    return { line: line + 1, column: offset - starts[line]! + 1 }
  }
}
