import type { RunView } from '../../src/protocol/view'
import { el } from '../dom'
import type { Part } from '../dom'
import * as format from '../format'

/** Where training waited for data, in words, for people who hear the page. */
export function inputList(): Part<RunView> {
  const list = el('ul')
  list.setAttribute('aria-label', 'Where training was input-bound')
  const element = el('div', 'hidden-table', list)
  let shown = ''
  return {
    element,
    update(run) {
      const lines = inputLines(run)
      element.hidden = lines.length === 0
      const text = lines.join('\n')
      if (text === shown) return
      shown = text
      list.replaceChildren(...lines.map((line) => el('li', '', line)))
    },
  }
}

/** 'Epochs 0.0 to 12.4: 43 % of the time waiting for data', a line a stretch. */
export const inputLines = ({ inputBound }: Pick<RunView, 'inputBound'>): string[] =>
  inputBound.map(
    ({ start, end, share }) =>
      `Epochs ${format.epoch(start)} to ${format.epoch(end)}: ${format.percent(share)} of the time waiting for data`,
  )
