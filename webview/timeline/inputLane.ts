import type { InputStretch } from '../../src/protocol/view'
import * as format from '../format'
import { toPixel } from './scale'
import type { Range } from './scale'

/** A stretch as drawn, in CSS pixels; its text begins at `label.x`, on the band where it fits, else in the room beside it. */
export interface InputBand {
  readonly x: number
  readonly width: number
  readonly label?: { readonly text: string; readonly x: number; readonly inside: boolean }
}

interface InputLane {
  readonly stretches: readonly InputStretch[]
  readonly range: Range
  readonly width: number
  /** Width of a text in pixels. */
  readonly measure: (text: string) => number
}

const narrowest = 2
const margin = 4
/** Of a band with text on it, so much stays hatched on either side. */
const hatched = 6

/** The stretches in sight, with what fits of 'input-bound 43 %'. */
export function inputBands({ stretches, range, width, measure }: InputLane): InputBand[] {
  const seen = stretches.filter(({ start, end }) => end >= range.start && start <= range.end)
  const places = seen.map(({ start, end }) => {
    const x = Math.min(width - narrowest, Math.max(0, toPixel(range, width, start)))
    const right = Math.min(width, toPixel(range, width, end))
    return { x, width: Math.max(narrowest, right - x) }
  })
  return places.map((place, index) => {
    const right = place.x + place.width
    const room = (places[index + 1]?.x ?? width) - right
    const label = labelOf(seen[index]!.share, { ...place, room, measure })
    return { ...place, ...(label && { label }) }
  })
}

interface Place extends Pick<InputLane, 'width' | 'measure'> {
  readonly x: number
  /** Free pixels after the band. */
  readonly room: number
}

function labelOf(share: number, { x, width, room, measure }: Place): InputBand['label'] {
  const percent = format.percent(share)
  for (const text of [`input-bound ${percent}`, percent]) {
    const long = measure(text)
    if (long + 2 * hatched <= width) return { text, x: x + (width - long) / 2, inside: true }
    if (long + 2 * margin <= room) return { text, x: x + width + margin, inside: false }
  }
  return undefined
}
