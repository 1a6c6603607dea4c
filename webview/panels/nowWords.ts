import type { Now, RunView } from '../../src/protocol/view'
import * as format from '../format'
import { isPlanned } from '../runState'
import { baseShape } from '../timeline/readout'

/** 'Epoch 12.4 of 358' */
export const epochWords = ({ now, plan }: RunView) =>
  now ? `Epoch ${format.epoch(now.epoch)}${plan ? ` of ${format.count(plan.epochs)}` : ''}` : ''

/** 'Phase 3 of 13 · 32 × 4 × 79² · stride 4', each a part that is not broken across lines; of a plan, what it comes to. */
export function phaseWords(run: RunView): string[] {
  const { now, plan } = run
  if (isPlanned(run)) return planWords(run)
  if (!now) return []
  const phase = plan ? `phase ${now.phase + 1} of ${plan.phases.length}` : `phase ${now.phase + 1}`
  return [phase, format.shape(now.shape), `stride ${format.count(now.shape.stride)}`]
}

/** '358 epochs · 13 phases · 240,000 iterations' */
function planWords({ plan, iterations }: RunView): string[] {
  if (!plan) return []
  return [
    counted(plan.epochs, 'epoch'),
    counted(plan.phases.length, 'phase'),
    ...(iterations > 0 ? [counted(iterations, 'iteration')] : []),
  ]
}

const counted = (number: number, what: string) => `${format.count(number)} ${what}${number === 1 ? '' : 's'}`

/** 'then 256 × 16 × 158² · from epoch 73' */
export function nextWords({ now, plan }: RunView): string[] {
  const next = now && plan?.phases[now.phase + 1]
  const shape = next && baseShape(next)
  if (!shape) return []
  return [
    `then ${format.shape(shape)}${next.fineTune ? ' (fine-tune)' : ''}`,
    `from epoch ${next.startEpoch}`,
  ]
}

/** Time left and what multigrid gains, as far as they are known. */
export function timeWords(run: RunView): string[] {
  const { now, forecast, state } = run
  const left = now ? now.secondsLeft : forecast?.secondsLeft
  const words = (seconds: number) =>
    isPlanned(run) ? `takes ${format.duration(seconds)}` : `${format.duration(seconds)} left`
  return [
    ...(left === undefined || state === 'finished' ? [] : [words(left)]),
    ...gainWords(run),
    ...(left !== undefined && isPlanned(run) ? ['as an earlier run was timed'] : []),
  ]
}

/** What multigrid gains: in time where that was measured, else in multiply-adds. */
function gainWords({ forecast, workSaved }: RunView): string[] {
  if (forecast?.speedUp) return [`${format.times(forecast.speedUp)} faster than without multigrid`]
  if (!workSaved) return []
  return workSaved >= 1
    ? [`${format.times(workSaved)} less work than without multigrid`]
    : [`${format.times(1 / workSaved)} more work than without multigrid`]
}

export interface Fact {
  readonly name: string
  readonly value: string
  readonly warn: boolean
}

/** The numbers of the moment, each with its name. */
export function nowFacts(now: Now): Fact[] {
  return [
    { name: 'loss', value: format.loss(now.loss), warn: now.loss === null },
    { name: 'top-1', value: format.percent(now.top1, 1), warn: false },
    { name: 'rate', value: format.rate(now.lr), warn: false },
    { name: 'clips/s', value: format.speed(now.clipsPerSecond), warn: false },
    { name: 'data wait', value: format.percent(now.inputShare), warn: now.inputBound },
    { name: 'step', value: format.count(now.iteration), warn: false },
  ]
}

/** 'input-bound, 84 %' where waiting for data held up the last steps. */
export const waitingWords = ({ now }: Pick<RunView, 'now'>) =>
  now?.inputBound ? `input-bound, ${format.percent(now.inputShare)}` : ''

/** What the machine is doing, as far as it can tell. */
export function deviceWords({ device }: RunView): string[] {
  if (!device) return []
  const { gpuUtilisation, gpuMemoryMiB, gpuMemoryTotalMiB, gpuTemperature, gpuPowerW } = device
  const total = gpuMemoryTotalMiB === undefined ? '' : ` of ${format.memory(gpuMemoryTotalMiB)}`
  return [
    ...(gpuUtilisation === undefined ? [] : [`GPU ${format.percent(gpuUtilisation / 100)}`]),
    ...(gpuMemoryMiB === undefined ? [] : [`${format.memory(gpuMemoryMiB)}${total}`]),
    ...(gpuTemperature === undefined ? [] : [`${format.count(gpuTemperature)} °C`]),
    ...(gpuPowerW === undefined ? [] : [`${format.count(gpuPowerW)} W`]),
    `CPU ${format.count(device.cpuUtilisation)} %`,
    `${format.memory(device.rssMiB)} RAM`,
  ]
}
