import { HumanError } from '../../HumanError'
import { columnsOf } from './columns'
import { counted, rowFault } from './listing'
import type { ListedClip, Listing, Source } from './listing'
import { isSomethingItem, readSomething } from './something'
import { clipOf } from './withHeader'

/** The items of Something-Something, or objects whose keys are named as the columns of a list may be. */
export function readJsonList(
  source: Source,
  { multiLabel, something }: { multiLabel?: boolean | undefined; something: boolean },
): Listing {
  const items = itemsOf(source)
  if (something || isSomethingItem(items[0])) return readSomething(source.file, items)
  const clips = items.map((item, index): ListedClip => {
    const place = { file: source.file, row: index + 1 }
    const keys = Object.keys(item)
    const columns = columnsOf(keys)
    if (!columns)
      throw rowFault(place, `it has ${keys.join(', ') || 'no keys'}; "path" and "label" are needed.`)
    const labels = item[keys[columns.label]!]
    const clip = clipOf(
      place,
      keys.map((key) => cellText(item[key])),
      columns,
      multiLabel === true,
    )
    return Array.isArray(labels) ? { ...clip, labels: labels.map(cellText) } : clip
  })
  return {
    words: `a list of ${counted(clips.length, 'item')} in JSON`,
    clips,
    multiLabel: multiLabel ?? clips.some(({ labels }) => labels.length > 1),
    lookup: 'paths',
  }
}

/** The items of a JSON file. Throws HumanError where it is no list of objects. */
function itemsOf({ file, text }: Source): Record<string, unknown>[] {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new HumanError(`${file} is no JSON: ${(error as Error).message}.`, { cause: error })
  }
  if (!Array.isArray(value) || value.length === 0)
    throw new HumanError(`${file} should be a list of clips in brackets, each { "path": …, "label": … }.`)
  for (const [index, item] of value.entries()) {
    if (typeof item !== 'object' || item === null)
      throw rowFault(
        { file, row: index + 1 },
        `${JSON.stringify(item)} is no clip { "path": …, "label": … }.`,
      )
  }
  return value as Record<string, unknown>[]
}

function cellText(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}
