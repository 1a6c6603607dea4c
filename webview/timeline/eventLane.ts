import type { Mark } from '../../src/protocol/view'
import * as format from '../format'
import { toPixel } from './scale'
import type { Range } from './scale'

/** Marks that share a place in the lane; `kind` is the weightiest of them. */
export interface Tick {
  readonly x: number
  readonly kind: Mark['kind']
  readonly marks: readonly Mark[]
}

/** Weightiest first: what one has to see when several fall together. */
const weight: readonly Mark['kind'][] = [
  'problem',
  'edit',
  'stopped',
  'held',
  'resumed',
  'best',
  'checkpoint',
]

const together = 9

/** The marks in the range, left to right; those closer than a glyph is wide become one. */
export function eventTicks(marks: readonly Mark[], range: Range, width: number): Tick[] {
  const ticks: Tick[] = []
  const inSight = marks.filter(({ epoch }) => epoch >= range.start && epoch <= range.end)
  for (const mark of inSight.sort((a, b) => a.epoch - b.epoch)) {
    const x = toPixel(range, width, mark.epoch)
    const last = ticks.at(-1)
    if (last && x - last.x < together) ticks[ticks.length - 1] = joined(last, mark)
    else ticks.push({ x, kind: mark.kind, marks: [mark] })
  }
  return ticks
}

const joined = ({ x, kind, marks }: Tick, mark: Mark): Tick => ({
  x,
  kind: weight.indexOf(mark.kind) < weight.indexOf(kind) ? mark.kind : kind,
  marks: [...marks, mark],
})

export const tickNear = (ticks: readonly Tick[], x: number): Tick | undefined =>
  ticks.find((tick) => Math.abs(tick.x - x) <= together / 2 + 1)

const shown = 6

/** A tick in words, a line a mark; many are counted. */
export function describe({ marks }: Tick): string {
  const lines = marks
    .slice(0, shown)
    .map(({ epoch, time, text }) => `${format.clock(time)} · epoch ${format.epoch(epoch)} · ${text}`)
  if (marks.length > shown) lines.push(`and ${marks.length - shown} more`)
  return lines.join('\n')
}
