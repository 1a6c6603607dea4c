import type { Config } from '../../config/schema'
import { isFrameListHeader } from './charades'
import { columnsOf } from './columns'
import { splitNumber } from './hmdb51'
import { cellsOf, rowsOf } from './rows'
import { namesVideo } from './videoNames'

export type Layout = Exclude<Config['data']['layout'], 'auto'>

const looked = 100

/** What a text file lists, by its name, its first rows, and the names of the files beside it; "list" where in doubt. */
export function detectLayout(list: { name: string; text: string; beside: readonly string[] }): Layout {
  const { name, text, beside } = list
  if (splitNumber(name) !== undefined) return 'hmdb51'
  const lines = firstLines(text)
  const first = lines[0] ?? ''
  if (isFrameListHeader(first)) return 'charades'
  if (/^(?:train|test|val)list\d*\.txt$/i.test(name)) return 'ucf101'
  if (beside.some((one) => one.toLowerCase() === 'classind.txt') && lines.every(isUcf101)) return 'ucf101'
  const header = cellsOf(first, ';')?.map((cell) => cell.text)
  if (lines.length > 0 && lines.every(isJester) && !(header && columnsOf(header))) return 'jester'
  return 'list'
}

/** Whether a text is JSON, whatever its file is called. */
export function isJson(text: string): boolean {
  return /^\uFEFF?\s*(?:\[\s*[{\]]|\{)/.test(text)
}

function firstLines(text: string): string[] {
  const lines: string[] = []
  for (const { line } of rowsOf(text)) {
    lines.push(line)
    if (lines.length === looked) break
  }
  return lines
}

function isUcf101(line: string): boolean {
  return /^[^\s,;]+[\\/][^\s,;]+\.\w+(?:\s+\d+)?$/.test(line)
}

/** An id and a name; a number is a label that any list may have. */
function isJester(line: string): boolean {
  return /^[^;\\/]+;.*[^\d\s].*$/.test(line) && !namesVideo(line) && !line.includes('\t')
}
