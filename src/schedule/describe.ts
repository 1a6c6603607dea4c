import { drawPlan } from './drawPlan'
import { iterationsPerEpoch, totalIterations } from './iterations'
import { learningRate } from './learningRate'
import type { Phase, Plan } from './phase'
import { forecast, speedUp } from './forecast'
import type { StepSeconds } from './forecast'
import { makePlan } from './plan'
import type { ScheduleSettings } from './settings'
import type { Shape } from './shortCycle'
import { table } from './table'
import type { Column } from './table'
import { withoutMultigrid } from './withoutMultigrid'
import { duration, shapeWords } from './words'
import { phaseWork, planWork } from './work'
import type { StepCost } from './work'

export interface DescribeOptions {
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Training clips; without them neither iterations nor times are shown. */
  readonly clips?: number
  /** What a step costs, and what is counted; a measured time is `seconds`. */
  readonly work: { readonly cost: StepCost; readonly unit: string }
  readonly seconds?: StepSeconds
}

/** A plan as a person reads it in a terminal: what it is, a drawing, and a table with a line per phase and shape. */
export function describePlan(plan: Plan, settings: ScheduleSettings, options: DescribeOptions): string {
  const { clips, seconds } = options
  const work = plan.phases.map((phase) => phaseWork(phase, options.work.cost))
  const times =
    clips === undefined || seconds === undefined
      ? undefined
      : forecast({ plan, clips, done: 0, stepSeconds: seconds }).phaseSeconds
  const allWork = work.reduce((sum, one) => sum + one, 0)
  const columns: Column[] = [
    { head: 'Epochs', align: 'left' },
    { head: 'Rate', align: 'right' },
    { head: 'Clips × frames × size²', align: 'left' },
    { head: 'Stride', align: 'left', spare: 1 },
    { head: 'Normalised over', align: 'left', spare: 2 },
    ...(clips === undefined ? [] : [{ head: 'Iterations', align: 'right' } as const]),
    { head: 'Work', align: 'right' },
    ...(times ? [{ head: 'Time', align: 'right' } as const] : []),
  ]
  const rows = plan.phases.flatMap((phase, index) => {
    const [first, ...others] = merged(phase.shapes).map(
      ({ shape, times }) => `${shapeWords(shape)}${times > 1 ? `, ${times} times` : ''}`,
    )
    const row = [
      epochs(phase),
      rates(settings, plan, phase),
      first!,
      range(phase.stride),
      normText(phase, settings),
      ...(clips === undefined ? [] : [count(phaseIterations(phase, clips))]),
      percent(work[index]! / allWork),
      ...(times ? [duration(times[index]!)] : []),
    ]
    return [row, ...others.map((shape) => columns.map((_, column) => (column === 2 ? shape : '')))]
  })
  return [
    ...summary(plan, settings, options),
    '',
    ...drawPlan(plan, settings, options),
    '',
    ...table(columns, rows, options),
    '',
    ...legend(plan, settings, options),
    '',
  ].join('\n')
}

function summary(plan: Plan, settings: ScheduleSettings, options: DescribeOptions): string[] {
  const { clips, work, seconds } = options
  const iterations =
    clips === undefined
      ? ''
      : `, ${count(totalIterations(plan, clips))} iterations over ${count(clips)} clips`
  const lines = [
    `${count(plan.epochs)} epochs in ${plan.phases.length} ${plan.phases.length === 1 ? 'phase' : 'phases'}${iterations}.`,
  ]
  const time =
    clips === undefined || seconds === undefined
      ? undefined
      : forecast({ plan, clips, done: 0, stepSeconds: seconds }).secondsLeft
  const { longCycle, shortCycle } = settings.multigrid
  if (!longCycle && !shortCycle) {
    return [
      ...lines,
      'Neither cycle is on: every step has the full shape.',
      ...(time === undefined ? [] : [`About ${duration(time)}.`]),
    ]
  }
  const plain = makePlan(withoutMultigrid(settings))
  const ratio = planWork(plain, work.cost) / planWork(plan, work.cost)
  const comparison = `the same training without multigrid: ${count(plain.epochs)} epochs of ${shapeWords(plain.phases[0]!.shapes[0]!)}`
  lines.push(
    ratio >= 1
      ? `${ratio.toFixed(1)} times fewer ${work.unit} than ${comparison}.`
      : `${(1 / ratio).toFixed(1)} times more ${work.unit} than ${comparison}.`,
  )
  if (time !== undefined && clips !== undefined && seconds !== undefined) {
    const faster = speedUp({ settings, plan, clips, stepSeconds: seconds })
    lines.push(
      `About ${duration(time)}${faster === undefined ? '' : `, ${faster.toFixed(1)} times faster than without multigrid`}.`,
    )
  }
  return lines
}

function legend(plan: Plan, settings: ScheduleSettings, { work, seconds }: DescribeOptions): string[] {
  const { longCycle, shortCycle } = settings.multigrid
  const lines: string[] = []
  if (longCycle)
    lines.push(
      'Long cycle: each learning-rate stage but the last goes from few small frames to the full shape; the last fine-tunes at the full shape.',
    )
  if (shortCycle && settings.multigrid.shortCycleFactors.length > 0) {
    lines.push(
      'Short cycle: the lines of a phase take turns, one step each; smaller clips come in larger batches, so steps cost about the same.',
    )
  }
  if (plan.phases.some(({ shapes }) => shapes.at(-1)!.batch !== settings.train.batch)) {
    lines.push('Rate: it grows with the batch of the phase’s largest clips.')
  }
  return [
    ...lines,
    `Work: share of all ${work.unit}${seconds ? '' : '; no time was measured'}.`,
    ...(seconds ? ['Time: iterations × measured seconds of each shape; evaluations come on top.'] : []),
  ]
}

function merged(shapes: readonly Shape[]): { shape: Shape; times: number }[] {
  const found: { shape: Shape; times: number }[] = []
  for (const shape of shapes) {
    const last = found.at(-1)
    if (last && shapeWords(last.shape) === shapeWords(shape)) last.times++
    else found.push({ shape, times: 1 })
  }
  return found
}

function phaseIterations({ startEpoch, endEpoch, shapes }: Phase, clips: number): number {
  return (endEpoch - startEpoch) * iterationsPerEpoch(shapes, clips)
}

function epochs({ startEpoch, endEpoch }: Phase): string {
  return endEpoch - startEpoch === 1 ? String(startEpoch) : `${startEpoch}–${endEpoch - 1}`
}

function rates(settings: ScheduleSettings, plan: Plan, { startEpoch, endEpoch }: Phase): string {
  const ends = [learningRate(settings, plan, startEpoch), learningRate(settings, plan, endEpoch - 1e-9)].map(
    (rate) => String(Number(rate.toPrecision(3))),
  )
  return ends[0] === ends[1] ? ends[0]! : ends.join(' → ')
}

/** Clips of the phase's largest shape that share a statistic. */
function normText({ norm, shapes }: Phase, { engine }: ScheduleSettings): string {
  const perDevice = shapes.at(-1)!.batch / engine.devices
  switch (norm.kind) {
    case 'plain':
      return `${perDevice} clips`
    case 'split':
      return `${norm.splits} parts of ${Number((perDevice / norm.splits).toFixed(1))}`
    case 'sync':
      return `${norm.devices} devices`
  }
}

function range([min, max]: readonly [number, number]): string {
  return min === max ? String(min) : `${min}–${max}`
}

function percent(share: number): string {
  return share < 0.001 ? '<0.1 %' : `${(share * 100).toFixed(1)} %`
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
