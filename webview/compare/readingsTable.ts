import { css } from '../colour'
import { el, setText } from '../dom'
import type { Part } from '../dom'
import { placeWords } from './axes'
import type { CompareScene } from './compareChart'
import { labelsOf, lookAt } from './looks'
import { readingNames, readingsOf } from './readings'
import { swatch } from './swatch'

interface Readings extends CompareScene {
  /** Under the crosshair; the last values are shown without one. */
  readonly cross: number | undefined
}

/** The legend: which line is which run, and its values under the crosshair. */
export function readingsTable(): Part<Readings> {
  const caption = el('caption')
  const rows = el('tbody')
  const heads = ['Run', ...readingNames].map((text) => {
    const head = el('th', '', text)
    head.scope = 'col'
    return head
  })
  const table = el('table', 'readings', caption, el('thead', '', el('tr', '', ...heads)), rows)
  let shown = ''

  /** Lines and names change rarely; what is read changes with every move of the hand. */
  const name = ({ runs, theme }: Readings) => {
    const labels = labelsOf(runs)
    const lines = labels.map((label, index) => ({ label, look: lookAt(index, theme) }))
    const now = JSON.stringify(lines)
    if (now === shown) return
    shown = now
    rows.replaceChildren(
      ...lines.map(({ label, look }) => {
        const head = el('th', 'run-label', swatch(css(look.colour), look.dash), label)
        head.scope = 'row'
        return el('tr', '', head, ...readingNames.map(() => el('td')))
      }),
    )
  }

  return {
    element: el('div', 'scrolls', table),
    update(scene) {
      const { runs, axis, cross } = scene
      name(scene)
      setText(caption, cross === undefined ? 'Last values' : `At ${placeWords(axis, cross)}`)
      runs.forEach((run, index) => {
        const { cells } = rows.rows[index]!
        readingsOf(run, axis, cross).forEach((text, column) => setText(cells[column + 1]!, text))
      })
    },
  }
}
