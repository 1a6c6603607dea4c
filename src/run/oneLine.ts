import type { RunView } from '../protocol/view'
import { duration, rate, shapeWords, stateWord } from './words'

/** A run in one line: what it does, where it is, how fast, how long still. For the status bar and the terminal. */
export function oneLine({
  state,
  name,
  now,
  plan,
}: Pick<RunView, 'state' | 'name' | 'now' | 'plan'>): string {
  if (!now || !plan) return `${name}: ${stateWord(state)}`
  const where = `epoch ${now.epoch.toFixed(1)}/${plan.epochs}`
  if (state !== 'running') return `${name}: ${stateWord(state)} · ${where}`
  const done = `${Math.floor(100 * now.progress)} %`
  return `${name} ${done} · ${where} · ${shapeWords(now.shape)} · ${rate(now.clipsPerSecond)} · ${duration(now.secondsLeft)} left`
}
