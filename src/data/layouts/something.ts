import { counted, rowFault } from './listing'
import type { Listing } from './listing'

/** Whether an item is like those of Something-Something: an id, and its class as a template or label. */
export function isSomethingItem(item: object = {}): boolean {
  return (
    'id' in item &&
    ('template' in item || 'label' in item) &&
    !('path' in item || 'file' in item || 'video' in item)
  )
}

/** Items with an id, which names a video or a folder of pictures, and the template of their label. */
export function readSomething(file: string, items: readonly Readonly<Record<string, unknown>>[]): Listing {
  const clips = items.map(({ id, template, label }, index) => {
    const place = { file, row: index + 1 }
    const text = template ?? label
    if ((typeof id !== 'string' && typeof id !== 'number') || id === '')
      throw rowFault(place, 'it has no "id".')
    if (typeof text !== 'string' || text === '')
      throw rowFault(
        place,
        `it has neither "template" nor "label", as the items for testing. Train and validate on others.`,
      )
    return { ...place, path: String(id), labels: [withoutBrackets(text)] }
  })
  return {
    words: `Something-Something's ${counted(clips.length, 'item')}`,
    clips,
    multiLabel: false,
    lookup: 'paths',
  }
}

/** "Putting [something] on [something]" as the class is called. */
function withoutBrackets(template: string): string {
  return template.replaceAll('[', '').replaceAll(']', '')
}
