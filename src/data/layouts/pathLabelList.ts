import { HumanError } from '../../HumanError'
import { columnsOf, namesSegments } from './columns'
import { counted } from './listing'
import type { Listing, ListRules, Source } from './listing'
import { cellsOf, rowsOf, separatorOf } from './rows'
import type { Row, Separator } from './rows'
import { isVideoName } from './videoNames'
import { readColumns } from './withHeader'
import { readShape } from './withoutHeader'

const compared = 10

/**
 * Rows of a path and a label, separated by blanks, tabs, commas or semicolons, with a header or none; also with start
 * and end seconds, a number of pictures, or several labels. Throws HumanError with the row.
 */
export function readPathLabelList(source: Source, rules: ListRules): Listing {
  const rows = [...rowsOf(source.text)]
  const separator = separatorOf(rows)
  const header = cellsOf(rows[0]?.line ?? '', separator)?.map(({ text }) => text) ?? []
  const columns = columnsOf(header)
  const body = columns || hasUnknownHeader(rows, separator) ? rows.slice(1) : rows
  if (body.length === 0) {
    throw new HumanError(
      `${source.file} lists nothing. It should have a row for each clip: its path, then its label.`,
    )
  }
  const parts = { file: source.file, rows: body, separator, rules }
  if (!columns) return readShape(parts)
  const listing = readColumns({ ...parts, columns })
  return namesSegments(header)
    ? {
        ...listing,
        words: `a Kinetics annotation of ${counted(listing.clips.length, 'row')}`,
        lookup: 'segments',
      }
    : listing
}

/** A first row with words where the next ones have a path and a number. */
function hasUnknownHeader(rows: readonly Row[], separator: Separator): boolean {
  const [first, ...next] = rows.slice(0, compared).map(({ line }) => cellsOf(line, separator) ?? [])
  const isPath = (text: string): boolean => isVideoName(text) || /[\\/]/.test(text)
  const isNumber = (text: string | undefined): boolean => /^\d+$/.test(text ?? '')
  return (
    first !== undefined &&
    first.length > 0 &&
    next.length > 0 &&
    !first.some(({ text }) => isPath(text) || isNumber(text)) &&
    next.every(
      (cells) => cells.length === first.length && isPath(cells[0]!.text) && isNumber(cells.at(-1)!.text),
    )
  )
}
