import { el } from '../dom'
import type { Part } from '../dom'
import { placeWords } from './axes'
import type { CompareScene } from './compareChart'
import { labelsOf } from './looks'
import { readingNames, readingsOf } from './readings'

const samples = 11
const heard = ['Loss', 'Top-1'] as const

/** The curves in numbers, at places spread over what is looked at, for people who hear the page. */
export function samplesTable(): Part<CompareScene> {
  const head = el('tr')
  const rows = el('tbody')
  let shown = ''
  return {
    element: el(
      'div',
      'hidden-table',
      el('table', '', el('caption', '', 'The curves in numbers'), el('thead', '', head), rows),
    ),
    update(scene) {
      const [heads, ...lines] = sampleRows(scene)
      const now = JSON.stringify([heads, lines])
      if (now === shown) return
      shown = now
      head.replaceChildren(...(heads ?? []).map((text) => el('th', '', text)))
      rows.replaceChildren(...lines.map((cells) => el('tr', '', ...cells.map((text) => el('td', '', text)))))
    },
  }
}

/** The head, then a line for each place. */
export function sampleRows({ runs, axis, range }: CompareScene): string[][] {
  const labels = labelsOf(runs)
  const head = ['At', ...labels.flatMap((label) => heard.map((name) => `${name} of ${label}`))]
  const lines = Array.from({ length: samples }, (_, index) => {
    const x = range.start + ((range.end - range.start) * index) / (samples - 1)
    const cells = runs.flatMap((run) => {
      const readings = readingsOf(run, axis, x)
      return heard.map((name) => readings[readingNames.indexOf(name)]!)
    })
    return [placeWords(axis, x), ...cells]
  })
  return [head, ...lines]
}
