import type { ComparedRun } from '../../src/protocol/compare'
import type { Curve } from '../../src/protocol/view'
import * as format from '../format'
import { bucketValues } from '../timeline/readout'
import { along, placeOn } from './axes'
import type { Axis } from './axes'

export const readingNames = ['Loss', 'Top-1', 'Learning rate', 'Clips/s'] as const

/** What a run's curves say at a place of the axis, a text for each of `readingNames`; their last values without a place. */
export function readingsOf({ curves, facts }: ComparedRun, axis: Axis, x: number | undefined): string[] {
  const at = (curve: Curve): number | undefined =>
    x === undefined ? curve.mean.at(-1) : bucketValues(curve, x)?.mean
  const trained = x ?? Infinity
  const evaluation = facts.evaluations.findLast((one) => placeOn(axis, one) <= trained)
  const past = x !== undefined && x > axis.end
  const loss = at(along(curves.loss, axis))
  const top1 = at(along(curves.top1, axis))
  const lr = at(along(curves.lr, axis))
  const speed = at(along(curves.clipsPerSecond, axis))
  const judged = past || x === undefined || top1 !== undefined ? evaluation : undefined
  const accuracy = judged && format.percent(judged.map ?? judged.top1, 1)
  return [
    words(loss, format.loss, judged && `val ${format.loss(judged.loss)}`),
    words(
      top1,
      (value) => format.percent(value, 1),
      judged && `${judged.map === undefined ? 'val' : 'mAP'} ${accuracy}`,
    ),
    words(lr, format.rate),
    words(speed, format.speed),
  ]
}

function words(value: number | undefined, say: (value: number) => string, more?: string): string {
  const parts = [value !== undefined && Number.isFinite(value) ? say(value) : undefined, more]
  return parts.filter((part) => part !== undefined).join(' · ') || format.nothing
}
