import { HumanError } from '../../HumanError'
import { counted, rowFault } from './listing'
import type { Listing, Source } from './listing'
import { cellsOf, rowsOf } from './rows'

/** `id;label`, as Jester and the first Something-Something have it: an id names a folder of pictures or a video. */
export function readJester({ file, text }: Source): Listing {
  const clips = [...rowsOf(text)].map(({ row, line }) => {
    const cells = cellsOf(line, ';')
    if (!cells) throw rowFault({ file, row }, 'a quote is not closed.')
    const [id, ...label] = cells.map((cell) => cell.text)
    if (!id || label.join('') === '')
      throw rowFault({ file, row }, `"${line}" has no label. It should be like 34870;Drumming Fingers.`)
    return { file, row, path: id, labels: [label.join(';')] }
  })
  if (clips.length === 0)
    throw new HumanError(`${file} lists nothing. It should have rows like 34870;Drumming Fingers.`)
  return {
    words: `a list of ${counted(clips.length, 'row')}, id and label`,
    clips,
    multiLabel: false,
    lookup: 'paths',
  }
}
