import type { RunView, ShapeStats } from '../../src/protocol/view'
import { el, setText } from '../dom'
import type { Part } from '../dom'
import * as format from '../format'

const columns = ['Shape', 'clips/s', 'step', 'data']
const titles = [
  'Clips × frames × size² of one step',
  'Clips trained a second',
  'Time of one step',
  'Share of the time spent waiting for data',
]

/** Throughput of every shape trained so far. */
export function shapeTable(): Part<RunView> {
  const rows = el('tbody')
  const heads = columns.map((text, index) => {
    const head = el('th', '', text)
    head.scope = 'col'
    head.title = titles[index]!
    return head
  })
  const table = el('table', 'shapes', el('thead', '', el('tr', '', ...heads)), rows)
  const element = el('section', '', el('h2', '', 'Throughput by shape'), table)
  return {
    element,
    update({ shapes }) {
      element.hidden = shapes.length === 0
      while (rows.rows.length > shapes.length) rows.deleteRow(-1)
      shapes.forEach((stats, index) => {
        const row = rows.rows[index] ?? rows.appendChild(el('tr', '', ...columns.map(() => el('td'))))
        shapeCells(stats).forEach((text, cell) => setText(row.cells[cell]!, text))
        row.title = `${format.count(stats.steps)} steps`
      })
    },
  }
}

export const shapeCells = ({ shape, clipsPerSecond, secondsPerStep, inputShare }: ShapeStats) => [
  format.shape(shape),
  format.speed(clipsPerSecond),
  format.stepTime(secondsPerStep),
  format.percent(inputShare),
]
