import { isVideoName, namesVideo } from './videoNames'

export interface Row {
  /** From 1, blank lines and comments counted. */
  readonly row: number
  readonly line: string
}

/** What stands between two separators; `from` and `to` are its place in the line, quotes included. */
export interface Cell {
  readonly text: string
  readonly from: number
  readonly to: number
}

/** A blank stands for any run of blanks and tabs. */
export type Separator = '\t' | ';' | ',' | ' '

const separators: readonly Separator[] = ['\t', ';', ',', ' ']
const looked = 500

/** The lines of a list that say something; blank ones and those that begin with # are left out. */
export function* rowsOf(text: string): Generator<Row, void> {
  let from = text.startsWith('\uFEFF') ? 1 : 0
  for (let row = 1; from < text.length; row++) {
    const end = text.indexOf('\n', from)
    const to = end < 0 ? text.length : end
    const line = text.slice(from, to).trim()
    if (line !== '' && !line.startsWith('#')) yield { row, line }
    from = to + 1
  }
}

/** What separates path and label in most rows: a name may hold commas and blanks of its own. */
export function separatorOf(rows: readonly Row[]): Separator {
  const scores = separators.map((separator) =>
    rows.slice(0, looked).reduce((sum, { line }) => sum + fit(line, separator), 0),
  )
  return separators[scores.indexOf(Math.max(...scores))]!
}

/** 2 where a cell names a video and another follows, 1 where no video is named and there are two cells. */
function fit(line: string, separator: Separator): number {
  const cells = cellsOf(line, separator)
  if (!cells || cells.length < 2) return 0
  if (cells.slice(0, -1).some(({ text }) => isVideoName(text))) return 2
  return namesVideo(line) ? 0 : 1
}

/** The cells of a line, their quotes taken off (a doubled one stands for itself); undefined where a quote is not closed. */
export function cellsOf(line: string, separator: Separator): Cell[] | undefined {
  const cells: Cell[] = []
  let at = 0
  for (;;) {
    at = skipBlanks(line, at, separator)
    const quoted = quotedCell(line, at, separator)
    if (quoted === 'open') return undefined
    const to = quoted ? quoted.to : cellEnd(line, at, separator)
    const cell = quoted ?? { text: line.slice(at, to).trimEnd(), from: at, to }
    cells.push(cell)
    at = skipBlanks(line, to, separator)
    if (at >= line.length) return cells
    if (separator !== ' ') at++
  }
}

function quotedCell(line: string, from: number, separator: Separator): Cell | 'open' | undefined {
  const quote = line[from]
  if (quote !== '"' && quote !== "'") return undefined
  for (let at = from + 1; ; at++) {
    at = line.indexOf(quote, at)
    if (at < 0) return quote === '"' ? 'open' : undefined
    if (line[at + 1] === quote) {
      at++
      continue
    }
    if (!endsCell(line, at + 1, separator)) continue
    return { text: line.slice(from + 1, at).replaceAll(quote + quote, quote), from, to: at + 1 }
  }
}

function endsCell(line: string, at: number, separator: Separator): boolean {
  const next = skipBlanks(line, at, separator)
  return next >= line.length || (separator === ' ' ? next > at : line[next] === separator)
}

function cellEnd(line: string, from: number, separator: Separator): number {
  if (separator !== ' ') {
    const end = line.indexOf(separator, from)
    return end < 0 ? line.length : end
  }
  let at = from
  while (at < line.length && line[at] !== ' ' && line[at] !== '\t') at++
  return at
}

function skipBlanks(line: string, from: number, separator: Separator): number {
  let at = from
  while (line[at] === ' ' || (line[at] === '\t' && separator !== '\t')) at++
  return at
}
