import type { Curve, Evaluation, RunView } from '../../src/protocol/view'
import type { WirePlan } from '../../src/protocol/events'
import * as format from '../format'
import { editOf } from './edit'
import { bucketAt } from './thin'

type Phase = WirePlan['phases'][number]

/** The last shape of the short cycle: the one that the long cycle asks for. */
export const baseShape = (phase: Phase) => phase.shapes[phase.shapes.length - 1]

/** The phase of an epoch; the end of the plan belongs to the last. */
export function phaseAt(plan: WirePlan | undefined, epoch: number): Phase | undefined {
  const phases = plan?.phases ?? []
  return (
    phases.find((phase) => phase.startEpoch <= epoch && epoch < phase.endEpoch) ??
    (epoch === plan?.epochs ? phases.at(-1) : undefined)
  )
}

/** The planned rate at an epoch, between the given points; past a phase's last point it stays. */
export function rateAt({ rates, plan }: Pick<RunView, 'rates' | 'plan'>, epoch: number): number | undefined {
  const index = bucketAt(
    rates.map(([at]) => at),
    epoch,
  )
  const before = rates[index]
  if (!before) return undefined
  const after = rates[index + 1]
  if (!after || phaseAt(plan, before[0]) !== phaseAt(plan, after[0])) return before[1]
  const share = (epoch - before[0]) / (after[0] - before[0])
  return before[1] + (after[1] - before[1]) * share
}

/** Mean and extremes of the bucket that holds an epoch; nothing outside of what was trained. */
export function bucketValues(
  curve: Curve,
  epoch: number,
): { mean: number; min: number; max: number } | undefined {
  const index = bucketAt(curve.epoch, epoch)
  const last = curve.epoch.length - 1
  if (index < 0 || epoch > curve.epoch[last]! + (curve.epoch[last]! - curve.epoch[0]!) / Math.max(1, last))
    return undefined
  const mean = curve.mean[index]!
  return Number.isFinite(mean) ? { mean, min: curve.min[index]!, max: curve.max[index]! } : undefined
}

/** The evaluation whose result stood at an epoch. */
export function evaluationAt(evaluations: readonly Evaluation[], epoch: number): Evaluation | undefined {
  return evaluations.findLast((evaluation) => evaluation.epoch <= epoch)
}

/** 'wait 43 %' where training was input-bound. */
function inputBoundAt(stretches: RunView['inputBound'], epoch: number): string | undefined {
  const stretch = stretches.find(({ start, end }) => start <= epoch && epoch <= end)
  return stretch && `wait ${format.percent(stretch.share)}`
}

/** What each lane says of one epoch. */
export const readouts = {
  grid: ({ plan }: RunView, epoch: number): string => phaseWords(phaseAt(plan, epoch)),
  edited: (run: RunView, epoch: number): string => phaseWords(phaseAt(editOf(run)?.plan, epoch)),
  rate: (run: RunView, epoch: number): string => {
    const planned = rateAt(run, epoch)
    const edit = editOf(run)
    const edited = edit && epoch >= edit.fromEpoch ? rateAt(edit, epoch) : undefined
    const used = bucketValues(run.curves.lr, epoch)
    const parts = [
      planned !== undefined && `planned ${format.rate(planned)}`,
      edited !== undefined && `edited ${format.rate(edited)}`,
      used && `used ${format.rate(used.mean)}`,
    ]
    return parts.filter(Boolean).join(' · ')
  },
  loss: (run: RunView, epoch: number): string => {
    const evaluation = evaluationAt(run.evaluations, epoch)
    return said(
      bucketValues(run.curves.loss, epoch),
      format.loss,
      evaluation && `val ${format.loss(evaluation.loss)}`,
    )
  },
  top1: (run: RunView, epoch: number): string => {
    const evaluation = evaluationAt(run.evaluations, epoch)
    const trained = bucketValues(run.curves.top1, epoch)
    const parts = [trained && percent(trained.mean), evaluation && `val ${valued(evaluation)}`]
    return parts.filter(Boolean).join(' · ')
  },
  throughput: (run: RunView, epoch: number): string =>
    said(bucketValues(run.curves.clipsPerSecond, epoch), format.speed, inputBoundAt(run.inputBound, epoch)),
}

function phaseWords(phase: Phase | undefined): string {
  const shape = phase && baseShape(phase)
  return shape ? `${format.shape(shape)} · stride ${format.between(phase.stride)}` : ''
}

const percent = (share: number) => format.percent(share, 1)
const valued = ({ top1, map }: Evaluation) => (map === undefined ? percent(top1) : `mAP ${percent(map)}`)

function said(
  bucket: { mean: number; min: number; max: number } | undefined,
  words: (value: number) => string,
  more?: string,
): string {
  const extremes = bucket && bucket.min < bucket.max ? ` (${words(bucket.min)}–${words(bucket.max)})` : ''
  return [bucket && words(bucket.mean) + extremes, more].filter(Boolean).join(' · ')
}
