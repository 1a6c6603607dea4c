import { rowsOfSet } from './columns'
import type { Columns } from './columns'
import { labelsIn } from './labelCell'
import { counted, rowFault } from './listing'
import type { ListedClip, Listing, ListRules, Place } from './listing'
import { cellsOf } from './rows'
import type { Row, Separator } from './rows'

/** A list whose header names its columns. */
export function readColumns(list: {
  file: string
  rows: readonly Row[]
  separator: Separator
  rules: ListRules
  columns: Columns
}): Listing {
  const { file, separator, rules, columns } = list
  const records = list.rows.map(({ row, line }) => {
    const cells = cellsOf(line, separator)
    if (!cells) throw rowFault({ file, row }, 'a quote is not closed.')
    return { file, row, cells: cells.map(({ text }) => text) }
  })
  const { split } = columns
  const own = split === undefined ? records : rowsOfSet(records, ({ cells }) => cells[split] ?? '', rules.set)
  const clips = own.map((record) => clipOf(record, record.cells, columns, rules.multiLabel === true))
  return {
    words: `a list of ${counted(clips.length, 'row')}, with a header`,
    clips,
    multiLabel: rules.multiLabel ?? clips.some(({ labels }) => labels.length > 1),
    lookup: 'paths',
  }
}

/** A clip from the cells of a row, or from the values of an object. */
export function clipOf(
  place: Place,
  cells: readonly (string | undefined)[],
  columns: Columns,
  several: boolean,
): ListedClip {
  const last = Math.max(...(Object.values(columns) as number[]))
  if (cells.length <= last)
    throw rowFault(place, `it has ${counted(cells.length, 'cell')}, and column ${last + 1} is needed.`)
  const path = cells[columns.path] ?? ''
  const label = cells[columns.label] ?? ''
  if (path === '') throw rowFault(place, 'it names no file.')
  const { file, row } = place
  const part = partOf(place, cells, columns)
  const count = columns.count === undefined ? NaN : Number(cells[columns.count])
  return {
    file,
    row,
    path,
    labels: labelsIn(label, several),
    ...(part && { part }),
    ...(Number.isInteger(count) && count > 0 && { count }),
  }
}

function partOf(
  place: Place,
  cells: readonly (string | undefined)[],
  { start, end }: Columns,
): [number, number] | undefined {
  if (start === undefined || end === undefined) return undefined
  const [from, to] = [cells[start] ?? '', cells[end] ?? '']
  return from === '' && to === '' ? undefined : checkPart(place, from, to)
}

/** Start and end in seconds, ascending. */
export function checkPart(place: Place, from: string, to: string): [number, number] {
  const part: [number, number] = [Number(from), Number(to)]
  if (from.trim() !== '' && to.trim() !== '' && part[0] >= 0 && part[1] > part[0] && Number.isFinite(part[1]))
    return part
  throw rowFault(place, `"${from}" to "${to}" are no start and end in seconds, the start first.`)
}
