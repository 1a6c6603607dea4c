import { learningRate } from './learningRate'
import type { Phase, Plan } from './phase'
import { phaseAt } from './phaseAt'
import { pixels } from './work'
import type { ScheduleSettings } from './settings'

const bars = '▁▂▃▄▅▆▇█'
/** Terminal colours from small clips to full ones, of the 256-colour palette. */
const palette = [31, 37, 42, 71, 107, 143, 179, 208]
const margin = 10

/** Bars over the epochs for the batch, the pixels of a clip and the learning rate, with an axis of epochs. */
export function drawPlan(
  plan: Plan,
  settings: ScheduleSettings,
  { color, width }: { color: boolean; width: number },
): string[] {
  const columns = Math.max(10, Math.min(plan.epochs, Math.min(width, 120) - margin))
  const epochs = Array.from({ length: columns }, (_, column) => ((column + 0.5) * plan.epochs) / columns)
  const phases = epochs.map((epoch) => plan.phases[phaseAt(plan, epoch)]!)
  const rates = epochs.map((epoch) => learningRate(settings, plan, epoch))
  const full = Math.max(...plan.phases.map(volume))
  const tones = phases.map((phase) => toneOf(volume(phase) / full))
  const paint = (text: readonly string[]): string => (color ? painted(text, tones) : text.join(''))
  const row = (label: string, values: readonly number[], scale: (value: number) => number): string =>
    `${label.padEnd(margin)}${paint(barsOf(values.map(scale)))}`
  return [
    row(
      'batch',
      phases.map(({ shapes }) => shapes.at(-1)!.batch),
      Math.log2,
    ),
    row(
      'frames',
      phases.map(({ shapes }) => shapes.at(-1)!.frames),
      (value) => value,
    ),
    row(
      'size',
      phases.map(({ shapes }) => shapes.at(-1)!.size),
      (value) => value,
    ),
    row('rate, log', rates, (value) => Math.log10(Math.max(value, 1e-12))),
    `${'epoch'.padEnd(margin)}${axis(plan.epochs, columns)}`,
  ]
}

/** Pixels of one of the phase's largest clips. */
function volume({ shapes }: Phase): number {
  return pixels({ ...shapes.at(-1)!, batch: 1 })
}

function barsOf(values: readonly number[]): string[] {
  const low = Math.min(...values)
  const high = Math.max(...values)
  return values.map(
    (value) => bars[high === low ? 3 : Math.round(((value - low) / (high - low)) * (bars.length - 1))]!,
  )
}

function toneOf(share: number): number {
  return palette[Math.min(palette.length - 1, Math.floor(share * palette.length))]!
}

function painted(text: readonly string[], tones: readonly number[]): string {
  const changes = text.map((bar, column) =>
    tones[column] === tones[column - 1] ? bar : `\u001B[38;5;${tones[column]}m${bar}`,
  )
  return `${changes.join('')}\u001B[39m`
}

/** Epochs at the left, in the middle and at the right. */
function axis(epochs: number, columns: number): string {
  const last = String(epochs)
  const middle = String(Math.round(epochs / 2))
  const start = Math.floor(columns / 2 - middle.length / 2)
  const left = `0${' '.repeat(Math.max(1, start - 1))}${middle}`
  return `${left}${' '.repeat(Math.max(1, columns - left.length - last.length))}${last}`
}
