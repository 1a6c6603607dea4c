import { HumanError } from '../../HumanError'
import type { Source } from './listing'
import { cellsOf, rowsOf } from './rows'
import type { Separator } from './rows'

/** What a file says of classes: their names in the order of their ids, and the id of the first. */
export interface ClassNames {
  readonly file: string
  readonly names: readonly string[]
  /** 0, or 1 where ids count from 1. */
  readonly firstId: number
}

/** More classes than any data set has: an id above it is a slip. */
export const mostClasses = 100_000

/**
 * Reads labels.json (text to id, id to text, or a list), classInd.txt (`1 Name`), categories (`name,0`), or a name a
 * line. Ids that the file leaves out are classes called by their number. Throws HumanError.
 */
export function readClassNames({ file, text }: Source): ClassNames {
  const trimmed = text.replace(/^\uFEFF/, '').trimStart()
  const named = /^[[{]/.test(trimmed) ? namesOfJson(file, trimmed) : namesOfLines(text)
  if (named.length === 0) throw new HumanError(`${file} names no classes.`)
  const ids = named.map(([, id]) => id)
  const largest = ids.reduce((most, id) => Math.max(most, id), 0)
  if (largest >= mostClasses)
    throw new HumanError(`${file} has a class ${largest}; more than ${mostClasses} classes are a slip.`)
  const firstId = ids.includes(0) ? 0 : 1
  const names = Array.from({ length: largest + 1 - firstId }, (_, index) => String(index + firstId))
  const seen = new Map<string, number>()
  for (const [name, id] of named) {
    const before = seen.get(name)
    if (before !== undefined && before !== id)
      throw new HumanError(`${file} has the class "${name}" twice, as ${before} and ${id}.`)
    seen.set(name, id)
    names[id - firstId] = name
  }
  return { file, names, firstId }
}

/** Which of the files beside a list names its classes; undefined where none looks so. */
export function classFileAmong(files: readonly string[]): string | undefined {
  const others = files.filter((name) => !ofOneSet.test(name)).sort()
  for (const pattern of patterns) {
    const found = others.find((name) => pattern.test(name))
    if (found !== undefined) return found
  }
  return undefined
}

/** A list of clips may be called so too. */
const ofOneSet = /(?:^|[-_.])(?:train|training|val|valid|validation|test|testing)(?:[-_.\d]|$)/i

const patterns = [
  /^labels\.json$/i,
  /[-_]labels\.(?:json|csv|txt)$/i,
  /^classInd\.txt$/i,
  /label.*map.*\.txt$/i,
  /^class[-_]?(?:names|list|labels)\.(?:txt|csv|json)$/i,
  /[-_]class[-_]?names\.(?:txt|csv|json)$/i,
  /^(?:classes|labels|categories)\.txt$/i,
  /[-_](?:classes|categories)\.txt$/i,
]

type Named = readonly [name: string, id: number]

function namesOfJson(file: string, text: string): Named[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new HumanError(`${file} is no JSON: ${(error as Error).message}.`, { cause: error })
  }
  const entries = Object.entries(value as object)
  if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    return value.map((name, id) => [plainName(name), id])
  if (!Array.isArray(value)) {
    if (entries.every(([, id]) => isId(id))) return entries.map(([name, id]) => [plainName(name), Number(id)])
    if (entries.every(([id, name]) => isId(id) && typeof name === 'string'))
      return entries.map(([id, name]) => [plainName(name as string), Number(id)])
  }
  throw new HumanError(`${file} should map the name of each class to its number: { "walk": 0, "run": 1 }.`)
}

function namesOfLines(text: string): Named[] {
  const lines = [...rowsOf(text)].map(({ line }) => line)
  const body = /^(?:id|label|class|name|index)[\w ]*[,;\t]/i.test(lines[0] ?? '') ? lines.slice(1) : lines
  for (const separator of ['\t', ',', ';', ' '] as const) {
    const rows = body.map((line) => split(line, separator))
    const byId = rows.map(([first, rest]): Named => [rest, idOf(first)])
    if (areIds(byId)) return byId
    const lastId = body
      .map((line) => splitAtLast(line, separator))
      .map(([rest, last]): Named => [rest, idOf(last)])
    if (areIds(lastId)) return lastId
  }
  return body.map((line, id) => [plainName(line), id])
}

/** Distinct whole numbers, with a name each; without a gap, so that names which end in numbers are not taken for them. */
function areIds(named: readonly Named[]): boolean {
  const ids = new Set(named.map(([, id]) => id))
  const smallest = named.reduce((least, [, id]) => Math.min(least, id), Infinity)
  const largest = named.reduce((most, [, id]) => Math.max(most, id), -Infinity)
  return (
    named.length > 0 &&
    ids.size === named.length &&
    smallest <= 1 &&
    largest === smallest + ids.size - 1 &&
    new Set(named.map(([name]) => name)).size === named.length &&
    !named.some(([name]) => name === '')
  )
}

function split(line: string, separator: Separator): [string, string] {
  const cells = cellsOf(line, separator) ?? []
  const second = cells[1]
  return second ? [cells[0]!.text, plainName(line.slice(second.from))] : ['', '']
}

function splitAtLast(line: string, separator: Separator): [string, string] {
  const cells = cellsOf(line, separator) ?? []
  const last = cells.at(-1)
  return cells.length > 1 && last ? [plainName(line.slice(0, cells.at(-2)!.to)), last.text] : ['', '']
}

/** Charades writes c000. */
function idOf(text: string): number {
  return /^c?\d+$/.test(text) ? Number(text.replace('c', '')) : NaN
}

function isId(value: unknown): boolean {
  return typeof value === 'number' ? Number.isInteger(value) && value >= 0 : /^\d+$/.test(String(value))
}

/** Without quotes around it, which some files have inside their own. */
function plainName(name: string): string {
  return name
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .replaceAll('""', '"')
    .trim()
}
