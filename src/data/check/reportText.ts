import { table } from '../../schedule/table'
import type { DatasetReport } from './datasetReport'
import { printable } from './printable'
import { reportBlocks } from './reportBlocks'
import type { Block } from './reportBlocks'

const marks = { good: '✓ ', bad: '✗ ', doubt: '! ', fact: '' } as const
const mostFaults = 20
/** Classes that are shown of a longer list, at each of its ends. */
const shownEnds = 10

/** The report for a terminal; long lists are cut, the JSON has all of them. */
export function reportText(report: DatasetReport, how: { color: boolean; width: number }): string {
  return reportBlocks(report)
    .map((block) => `${blockText(block, how).join('\n')}\n`)
    .join('\n')
}

function blockText(block: Block, how: { color: boolean; width: number }): string[] {
  switch (block.kind) {
    case 'sentences':
      return block.lines.map(({ mark, text }) => `${marks[mark]}${printable(text)}`)
    case 'faults': {
      const shown = block.faults.slice(0, mostFaults)
      const more = block.faults.length - shown.length
      return [
        `${block.title}:`,
        ...shown.map(({ clip, reason }) => `  ${printable(clip)}: ${printable(reason)}`),
        ...(more > 0 ? [`  and ${more} more; --json has all of them`] : []),
      ]
    }
    case 'table': {
      const rows = block.rows.map((row) => row.map(printable))
      if (rows.length <= 2 * shownEnds + 1) return table(block.columns, rows, how)
      const left = ['…', ...block.columns.slice(1).map(() => '')]
      return table(block.columns, [...rows.slice(0, shownEnds), left, ...rows.slice(-shownEnds)], how)
    }
  }
}
