import { labelsIn } from './labelCell'
import { counted, rowFault } from './listing'
import type { ListedClip, Listing, ListRules } from './listing'
import { cellsOf } from './rows'
import type { Cell, Row, Separator } from './rows'
import { isVideoName } from './videoNames'
import { checkPart } from './withHeader'

/** A row as a path and the cells behind it, the last of which may be a name of several words. */
interface Body {
  readonly row: number
  readonly path: string
  readonly tail: readonly string[]
  readonly isVideo: boolean
}

/** What the cells behind the path are. */
type Shape = 'label' | 'count label' | 'start end label' | 'labels' | 'count labels'

const words: Record<Shape, string> = {
  label: 'path and label',
  'count label': 'path, number of frames and label',
  'start end label': 'path, start, end and label',
  labels: 'path and labels',
  'count labels': 'path, number of frames and labels',
}

/** A list whose rows say by themselves what their cells are. */
export function readShape(list: {
  file: string
  rows: readonly Row[]
  separator: Separator
  rules: ListRules
}): Listing {
  const { file, rows, separator, rules } = list
  const read = (most: number): Body[] => rows.map((row) => bodyOf(file, row, separator, most))
  let bodies = read(Infinity)
  const shape = shapeOf({ file, bodies, rules, blanks: separator === ' ' })
  // Names of folders that end in numbers: only the last number is the label.
  if (shape === 'label' && bodies.some(({ tail }) => tail.length > 1)) bodies = read(1)
  const clips = bodies.map((body) => clipOf(file, body, shape, rules.multiLabel === true))
  return {
    words: `a list of ${counted(clips.length, 'row')}, ${words[shape]}`,
    clips,
    multiLabel: rules.multiLabel ?? clips.some(({ labels }) => labels.length > 1),
    lookup: 'paths',
  }
}

/** `most` numbers at the end of a row are cells of their own, where no name of a video says where the path ends. */
function bodyOf(file: string, { row, line }: Row, separator: Separator, most: number): Body {
  const cells = cellsOf(line, separator)
  if (!cells) throw rowFault({ file, row }, 'a quote is not closed.')
  const video = cells.findLastIndex(({ text }) => isVideoName(text))
  const last = video >= 0 ? video : separator === ' ' ? endOfName(cells, most) : 0
  return {
    row,
    path: textOf(line, cells.slice(0, last + 1)),
    tail: tailOf(line, cells.slice(last + 1), separator),
    isVideo: video >= 0,
  }
}

/** Index of the last cell of a folder's name, which may hold blanks where numbers follow it. */
function endOfName(cells: readonly Cell[], most: number): number {
  let end = cells.length
  while (end > 1 && cells.length - end < most && isLabelNumber(cells[end - 1]!.text)) end--
  return end === cells.length ? 0 : end - 1
}

function tailOf(line: string, cells: readonly Cell[], separator: Separator): string[] {
  const name = cells.findIndex(({ text }) => !isNumber(text))
  const numbers = (name < 0 ? cells : cells.slice(0, name)).map(({ text }) => text)
  if (name < 0) return numbers
  const rest = cells.slice(name)
  return [...numbers, ...(separator === ' ' ? [textOf(line, rest)] : rest.map(({ text }) => text))]
}

/** One cell without its quotes; several as they stand in the line. */
function textOf(line: string, cells: readonly Cell[]): string {
  return cells.length === 1 ? cells[0]!.text : line.slice(cells[0]!.from, cells.at(-1)!.to)
}

/** What all rows have in common; `blanks` separate the cells, so that a name may be several. */
function shapeOf(list: { file: string; bodies: readonly Body[]; rules: ListRules; blanks: boolean }): Shape {
  const { file, bodies, blanks } = list
  const { as, multiLabel } = list.rules
  const bare = bodies.find(({ tail }) => tail.length === 0)
  if (bare) throw rowFault({ file, row: bare.row }, `no label follows ${bare.path}.`)
  const lengths = new Set(bodies.map(({ tail }) => tail.length))
  const all = (fits: (body: Body) => boolean, ...counts: number[]): boolean =>
    [...lengths].every((length) => counts.length === 0 || counts.includes(length)) && bodies.every(fits)
  const videos = all(({ isVideo }) => isVideo)
  const numbers = all(({ tail }) => tail.every(isWhole))
  if (all(() => true, 1) || (blanks && lengths.has(1) && !(numbers && videos))) return 'label'
  if (numbers && videos && (as === 'mmaction' || multiLabel === true)) return 'labels'
  if (all(({ tail }) => isWhole(tail[0]!), 2)) return 'count label'
  const timed = as === 'kinetics' || (as === 'list' && videos)
  if (timed && all(({ tail }) => isNumber(tail[1]!) && Number(tail[0]) < Number(tail[1]), 3))
    return 'start end label'
  if (numbers && multiLabel !== false) return videos || lengths.has(1) ? 'labels' : 'count labels'
  const [first] = bodies as [Body]
  const odd = bodies.find(({ tail }) => tail.length !== first.tail.length) ?? first
  throw rowFault(
    { file, row: odd.row },
    `${counted(odd.tail.length, 'cell')} behind ${odd.path} (${odd.tail.join(' | ')}): a label is expected, or start, end and label. ` +
      'Put names in quotes, name the columns in a header row, or say with data.layout what the list is.',
  )
}

function clipOf(file: string, { row, path, tail }: Body, shape: Shape, several: boolean): ListedClip {
  const place = { file, row }
  switch (shape) {
    case 'label':
      return { ...place, path, labels: labelsIn(tail.join(' '), several) }
    case 'labels':
      return { ...place, path, labels: tail.flatMap((cell) => labelsIn(cell, true)) }
    case 'count label':
    case 'count labels':
      return {
        ...place,
        path,
        labels: tail.slice(1).flatMap((cell) => labelsIn(cell, several)),
        ...(Number(tail[0]) > 0 && { count: Number(tail[0]) }),
      }
    case 'start end label':
      return {
        ...place,
        path,
        part: checkPart(place, tail[0]!, tail[1]!),
        labels: labelsIn(tail[2]!, several),
      }
  }
}

function isWhole(text: string): boolean {
  return /^\d+$/.test(text)
}

function isNumber(text: string): boolean {
  return /^\d+(?:\.\d+)?$/.test(text)
}

/** Also a list of labels, `1,5`, or one that is below 0, which is refused later. */
function isLabelNumber(text: string): boolean {
  return isNumber(text) || /^-?\d+(?:,\d+)*$/.test(text)
}
