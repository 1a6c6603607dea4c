import type { DatasetReport } from './datasetReport'
import { printable } from './printable'
import { reportBlocks } from './reportBlocks'
import type { Block } from './reportBlocks'

const marks = { good: '✓ ', bad: '✗ ', doubt: '⚠ ', fact: '' } as const
const mostFaults = 1000

/** The report as a Markdown document, in which names from data files are text and nothing else. */
export function reportMarkdown(report: DatasetReport, title: string): string {
  const blocks = reportBlocks(report).map((block) => blockLines(block).join('\n'))
  return `${[`# ${escaped(title)}`, ...blocks].join('\n\n')}\n`
}

function blockLines(block: Block): string[] {
  switch (block.kind) {
    case 'sentences':
      return [
        ...(block.title === undefined ? [] : [`## ${escaped(block.title)}`, '']),
        ...block.lines.map(({ mark, text }) => `- ${marks[mark]}${escaped(text)}`),
      ]
    case 'faults': {
      const shown = block.faults.slice(0, mostFaults)
      const more = block.faults.length - shown.length
      return [
        ...[`## ${escaped(block.title)}`, ''],
        ...shown.map(({ clip, reason }) => `- ${escaped(clip)}: ${escaped(reason)}`),
        ...(more > 0 ? [`- and ${more} more`] : []),
      ]
    }
    case 'table': {
      const row = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`
      return [
        ...[`## ${escaped(block.title)}`, ''],
        row(block.columns.map(({ head }) => head)),
        `|${block.columns.map(({ align }) => (align === 'right' ? ' ---: |' : ' --- |')).join('')}`,
        ...block.rows.map(row),
      ]
    }
  }
}

/** No file name makes a link, an image or a tag: punctuation is written as a character reference. */
function escaped(text: string): string {
  return printable(text).replace(
    /[^\p{L}\p{N}\p{M} .,;%×/-]/gu,
    (character) => `&#${character.codePointAt(0)!};`,
  )
}
