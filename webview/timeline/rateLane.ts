import type { WirePlan } from '../../src/protocol/events'
import type { Curve, RunView } from '../../src/protocol/view'
import { toPixel } from './scale'
import type { Range } from './scale'
import { thin } from './thin'

export interface Point {
  readonly x: number
  readonly y: number
}

/** The y axis of the rates; a plan whose rates differ more than 20-fold is logarithmic. */
export interface RateScale {
  readonly log: boolean
  readonly low: number
  readonly high: number
}

const logFrom = 20

export function rateScale(rates: RunView['rates']): RateScale | undefined {
  const positive = rates.map(([, lr]) => lr).filter((lr) => Number.isFinite(lr) && lr > 0)
  if (!positive.length) return undefined
  const low = positive.reduce((a, b) => Math.min(a, b))
  const high = positive.reduce((a, b) => Math.max(a, b))
  if (high > low * logFrom) return { log: true, low: low / 1.3, high: high * 1.3 }
  return { log: false, low: 0, high: high * 1.08 }
}

/** Pixels from the top; rates beyond the scale stay at its edge. */
export function rateY({ log, low, high }: RateScale, height: number, lr: number): number {
  const share = log ? Math.log(Math.max(lr, low) / low) / Math.log(high / low) : (lr - low) / (high - low)
  return height * (1 - Math.min(1, Math.max(0, share)))
}

/** Rates to write beside the lane: powers of ten, or the top of a linear scale. */
export function rateMarks(scale: RateScale, height: number, apart: number): number[] {
  if (!scale.log) return [scale.high / 1.08]
  const [first, last] = [Math.ceil(Math.log10(scale.low) - 1e-9), Math.floor(Math.log10(scale.high) + 1e-9)]
  const marks: number[] = []
  for (let power = last; power >= first; power--) {
    const lr = Number(`1e${power}`)
    const above = marks.at(-1)
    if (above === undefined || rateY(scale, height, lr) - rateY(scale, height, above) >= apart) marks.push(lr)
  }
  return marks
}

interface LineInput {
  readonly rates: RunView['rates']
  readonly plan: WirePlan | undefined
  readonly scale: RateScale
  readonly range: Range
  readonly width: number
  readonly height: number
}

/** The planned rate as a line in the range; where a phase begins the rate jumps, between its points it bends. */
export function plannedLine({ rates, plan, scale, range, width, height }: LineInput): Point[] {
  const starts = (plan?.phases ?? []).map(({ startEpoch }) => startEpoch)
  const line: Point[] = []
  const add = (epoch: number, lr: number) =>
    line.push({ x: toPixel(range, width, epoch), y: rateY(scale, height, lr) })
  rates.forEach(([epoch, lr], index) => {
    const before = rates[index - 1]
    const after = rates[index + 1]
    if ((after && after[0] < range.start) || (before && before[0] > range.end)) return
    const boundary = before && starts.find((start) => before[0] < start && start <= epoch)
    if (before && boundary !== undefined) {
      add(boundary, before[1])
      add(boundary, lr)
    }
    add(epoch, lr)
  })
  const last = rates.at(-1)
  if (last && plan) add(plan.epochs, last[1])
  return line
}

/** The rate that steps really used. */
export function usedLine(
  curve: Curve,
  scale: RateScale,
  range: Range,
  width: number,
  height: number,
): Point[] {
  const { epoch, mean } = thin(curve, range, width)
  return epoch.flatMap((at, index) => {
    const lr = mean[index]
    return lr === null || lr === undefined
      ? []
      : [{ x: toPixel(range, width, at), y: rateY(scale, height, lr) }]
  })
}
