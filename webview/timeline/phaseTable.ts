import type { RunView } from '../../src/protocol/view'
import { el } from '../dom'
import type { Part } from '../dom'
import * as format from '../format'

const columns = ['Phase', 'Epochs', 'Clips × frames × size²', 'Stride', 'Learning-rate stage', 'State']

/** The grid lane in words, for people who hear the page. */
export function phaseTable(): Part<RunView> {
  const rows = el('tbody')
  const heads = columns.map((text) => {
    const head = el('th', '', text)
    head.scope = 'col'
    return head
  })
  const table = el(
    'table',
    '',
    el('caption', '', 'Phases of the schedule'),
    el('thead', '', el('tr', '', ...heads)),
    rows,
  )
  let shown = ''
  return {
    element: el('div', 'hidden-table', table),
    update(run) {
      const lines = phaseRows(run)
      const text = JSON.stringify(lines)
      if (text === shown) return
      shown = text
      rows.replaceChildren(...lines.map((cells) => el('tr', '', ...cells.map((cell) => el('td', '', cell)))))
    },
  }
}

/** One line of cells a phase. */
export function phaseRows({ plan, now, spans }: RunView): string[][] {
  return (plan?.phases ?? []).map((phase, index) => [
    `${index + 1}`,
    `${phase.startEpoch} to ${phase.endEpoch}`,
    [...new Set(phase.shapes.map(format.shape))].join(', ') + (phase.fineTune ? ', fine-tune' : ''),
    format.between(phase.stride),
    `${phase.lrStage + 1}`,
    phaseState(
      index,
      now?.phase,
      spans.some((span) => span.phase === index && span.mismatch),
    ),
  ])
}

function phaseState(phase: number, current: number | undefined, mismatch: boolean): string {
  const state = current === undefined || phase > current ? 'planned' : phase < current ? 'done' : 'training'
  return mismatch ? `${state}, with shapes that were not planned` : state
}
