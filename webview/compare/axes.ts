import type { CompareAxis, ComparedCurve, ComparedRun } from '../../src/protocol/compare'
import type { Curve } from '../../src/protocol/view'
import * as format from '../format'

/** What the curves are laid over. */
export interface Axis {
  readonly key: CompareAxis
  /** Beside the numbers: 'epoch', 'h'. */
  readonly unit: string
  /** How many of what is counted make one of the axis. */
  readonly per: number
  /** Where the axis ends: what the longest run has trained. */
  readonly end: number
}

export const axisNames: Readonly<Record<CompareAxis, string>> = {
  epoch: 'Epoch',
  iteration: 'Iteration',
  seconds: 'Time trained',
}

export const axisKeys = Object.keys(axisNames) as CompareAxis[]

/** The axis that the page had when it was last open; epochs when that cannot be told. */
export function keptAxis(saved: unknown): CompareAxis {
  const { axis } = (typeof saved === 'object' && saved ? saved : {}) as { axis?: unknown }
  return axisKeys.find((key) => key === axis) ?? 'epoch'
}

const units: readonly (readonly [unit: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
]

export function axisOf(key: CompareAxis, runs: readonly ComparedRun[]): Axis {
  const longest = Math.max(0, ...runs.map(({ facts }) => facts[key]))
  const [unit, per] = key === 'seconds' ? unitOf(longest) : ([key === 'epoch' ? 'epoch' : 'step', 1] as const)
  return { key, unit, per, end: longest > 0 ? longest / per : 1 }
}

/** The largest of which there are at least three. */
const unitOf = (seconds: number) => units.find(([, per]) => seconds >= 3 * per) ?? (['s', 1] as const)

/** The curve with the axis in place of its epochs, as what draws curves expects it. */
export function along(curve: ComparedCurve, { key, per }: Axis): Curve {
  const { mean, min, max } = curve
  return { epoch: per === 1 ? curve[key] : curve[key].map((x) => x / per), mean, min, max }
}

export const placeOn = ({ key, per }: Axis, place: Readonly<Record<CompareAxis, number>>) => place[key] / per

/** 'epoch 12.4', 'iteration 1,234', '3 h 10 min trained' */
export function placeWords({ key, per }: Axis, x: number): string {
  if (key === 'seconds') return `${format.duration(x * per)} trained`
  return key === 'epoch' ? `epoch ${format.epoch(x, 2)}` : `iteration ${format.count(x)}`
}
