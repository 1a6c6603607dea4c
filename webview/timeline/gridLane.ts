import type { StepShape, WirePlan } from '../../src/protocol/events'
import type { Span } from '../../src/protocol/view'
import { iterationsPerEpoch } from '../../src/schedule/iterations'
import * as format from '../format'
import { baseShape } from './readout'
import { toPixel } from './scale'
import type { Range } from './scale'

/** CSS pixels from the lane's top left corner. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A shape of the short cycle: nested in its phase's block, or one iteration's bar. */
export interface Band {
  readonly box: Box
  readonly label?: string
}

/** A phase as drawn: height is clip size, `shade` 0..1 grows with frames. */
export interface Block {
  readonly phase: number
  readonly box: Box
  readonly shade: number
  readonly fineTune: boolean
  readonly bands: readonly Band[]
  /** One bar an iteration, in place of the bands, once they are wide enough to be told apart. */
  readonly steps: readonly Band[]
  readonly done: readonly Box[]
  readonly mismatch: readonly Box[]
  /** `turned` is written upwards. */
  readonly label?: { readonly text: string; readonly turned: boolean }
}

interface GridInput {
  readonly plan: WirePlan
  readonly spans: readonly Span[]
  /** Training clips of an epoch; without them iterations cannot be placed. */
  readonly clips: number | undefined
  readonly range: Range
  readonly width: number
  readonly height: number
  /** Width of a text in pixels. */
  readonly measure: (text: string) => number
}

/** Above the tallest block, for what is said of a phase. */
export const headroom = 14
const bandsFrom = 28
const lineHeight = 12

/** The blocks of the phases in sight; what leaves the picture is cut at its edge so that labels stay in view. */
export function gridBlocks({ plan, spans, clips, range, width, height, measure }: GridInput): Block[] {
  const largest = Math.max(1, ...plan.phases.flatMap(({ shapes }) => shapes.map(({ size }) => size)))
  const shades = frameShades(plan)
  const stand = (start: number, end: number, size: number): Box => {
    const x = Math.max(0, toPixel(range, width, start))
    const tall = ((height - headroom) * size) / largest
    return { x, y: height - tall, width: Math.min(width, toPixel(range, width, end)) - x, height: tall }
  }
  return plan.phases.flatMap((phase, index) => {
    const base = baseShape(phase)
    if (!base || phase.endEpoch <= range.start || phase.startEpoch >= range.end) return []
    const box = stand(phase.startEpoch, phase.endEpoch, base.size)
    const steps = stepBars({ phase, clips, range, width, stand, measure })
    const smaller = box.width < bandsFrom || steps.length ? [] : nested(phase.shapes)
    const bands = smaller.map(({ size }) => stand(phase.startEpoch, phase.endEpoch, size))
    const room = box.height - (bands[0]?.height ?? 0)
    const label = steps.length ? undefined : labelFor(base, box, room, measure)
    const trained = spans.filter(
      (span) => span.phase === index && span.start < range.end && span.end > range.start,
    )
    const boxes = (mismatch: boolean) =>
      trained
        .filter((span) => span.mismatch === mismatch)
        .map((span) => stand(span.start, span.end, base.size))
    return [
      {
        phase: index,
        box,
        shade: shades.get(base.frames) ?? 1,
        fineTune: phase.fineTune,
        bands: bands.map((band, place) => ({
          box: band,
          ...bandLabel(smaller[place]!, band, bands[place + 1], label?.turned ?? false, measure),
        })),
        steps,
        done: boxes(false),
        mismatch: boxes(true),
        ...(label && { label }),
      },
    ]
  })
}

type Shape = Omit<StepShape, 'stride'>

const stepsFrom = 8

interface StepInput extends Pick<GridInput, 'clips' | 'range' | 'width' | 'measure'> {
  readonly phase: WirePlan['phases'][number]
  readonly stand: (start: number, end: number, size: number) => Box
}

function stepBars({ phase, clips, range, width, stand, measure }: StepInput): Band[] {
  const { shapes, startEpoch, endEpoch } = phase
  const perEpoch = clips === undefined ? 0 : iterationsPerEpoch(shapes, clips)
  const wide = width / ((range.end - range.start) * perEpoch)
  if (perEpoch === 0 || shapes.length < 2 || wide < stepsFrom) return []
  const first = Math.max(startEpoch * perEpoch, Math.floor(range.start * perEpoch))
  const last = Math.min(endEpoch * perEpoch, Math.ceil(range.end * perEpoch))
  return Array.from({ length: last - first }, (_, index) => {
    const at = first + index
    const shape = shapes[(at % perEpoch) % shapes.length]!
    const box = stand(at / perEpoch, (at + 1) / perEpoch, shape.size)
    const label =
      box.width > lineHeight + 2 &&
      [format.shape(shape), format.clip(shape)].find((text) => measure(text) + 8 <= box.height)
    return { box, ...(label && { label }) }
  })
}

/** The shapes smaller than the base one, largest first. */
function nested(shapes: readonly Shape[]): Shape[] {
  const base = shapes[shapes.length - 1]
  const sizes = new Map(
    shapes.filter(({ size }) => base && size < base.size).map((shape) => [shape.size, shape]),
  )
  return [...sizes.values()].sort((a, b) => b.size - a.size)
}

/** Shade of each number of frames in the plan: evenly spaced, so that neighbours can be told apart. */
function frameShades(plan: WirePlan): Map<number, number> {
  const frames = [...new Set(plan.phases.map((phase) => baseShape(phase)?.frames ?? 0))].sort((a, b) => a - b)
  return new Map(frames.map((count, index) => [count, frames.length < 2 ? 1 : index / (frames.length - 1)]))
}

function labelFor(shape: Shape, box: Box, room: number, measure: (text: string) => number): Block['label'] {
  const texts = [format.shape(shape), format.clip(shape)]
  const flat = room >= lineHeight && texts.find((text) => measure(text) + 6 <= box.width)
  if (flat) return { text: flat, turned: false }
  const turned = box.width >= lineHeight + 2 && texts.find((text) => measure(text) + 8 <= box.height)
  return turned ? { text: turned, turned: true } : undefined
}

function bandLabel(
  shape: Shape,
  box: Box,
  inner: Box | undefined,
  crossed: boolean,
  measure: (text: string) => number,
): { label?: string } {
  const text = format.shape(shape)
  const fits = !crossed && box.height - (inner?.height ?? 0) >= lineHeight && measure(text) + 6 <= box.width
  return fits ? { label: text } : {}
}

/** Clip sizes worth writing beside the lane, with the height each stands at, not closer than a line of text. */
export function sizeMarks(plan: WirePlan, height: number): { size: number; y: number }[] {
  const sizes = [...new Set(plan.phases.map((phase) => baseShape(phase)?.size ?? 0))].sort((a, b) => b - a)
  const marks: { size: number; y: number }[] = []
  for (const size of sizes) {
    const y = height - ((height - headroom) * size) / Math.max(1, sizes[0]!)
    if (y - (marks.at(-1)?.y ?? -lineHeight) >= lineHeight) marks.push({ size, y })
  }
  return marks
}
