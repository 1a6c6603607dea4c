import path from 'node:path'
import type { RunFacts } from './runFacts'
import { accuracyWords, duration, memory, stateWord } from './words'

/** Behind a run's name in a list: `running · epoch 12.3/358 · top-1 71.2 % · 2 h left`. */
export function describeRun(facts: RunFacts): string {
  const { state, best, secondsLeft, seconds, backend } = facts
  const live = state === 'running'
  const over = state !== 'connecting' && !live
  return [
    stateWord(state),
    state === 'finished' ? undefined : epochWords(facts),
    best && accuracyWords(best),
    live && secondsLeft !== undefined ? `${duration(secondsLeft)} left` : undefined,
    over && seconds !== undefined ? duration(seconds) : undefined,
    over ? backend : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ')
}

/** All that is known of a run, a label and a value a line. */
export function runDetails(facts: RunFacts, checkpointMiB?: number): [label: string, value: string][] {
  const { state, reason, best, iteration, iterations, seconds, secondsLeft } = facts
  const lines: [string, string | undefined][] = [
    ['Schedule', path.basename(facts.schedule)],
    ['Created', dateWords(facts.created)],
    ['State', reason && reason !== state ? `${stateWord(state)}: ${reason}` : stateWord(state)],
    [best?.map === undefined ? 'Best top-1' : 'Best mAP', best && accuracyWords(best).replace(/^\S+ /, '')],
    ['Epoch', epochWords(facts)?.replace('epoch ', '')],
    ['Iterations', iteration === undefined ? undefined : ofAll(iteration, iterations)],
    ['Trained for', seconds === undefined ? undefined : duration(seconds)],
    ['Time left', state === 'running' && secondsLeft !== undefined ? duration(secondsLeft) : undefined],
    ['Backend', facts.backend],
    ['Device', facts.device],
    ['Checkpoints', checkpointMiB === undefined ? undefined : memory(checkpointMiB)],
  ]
  return lines.filter((line): line is [string, string] => line[1] !== undefined)
}

function epochWords({ epoch, epochs }: RunFacts): string | undefined {
  if (epoch === undefined || epochs === undefined) return undefined
  return `epoch ${Number.isInteger(epoch) ? epoch : epoch.toFixed(1)}/${epochs}`
}

function ofAll(count: number, all: number | undefined): string {
  const words = count.toLocaleString('en-US')
  return all === undefined ? words : `${words} of ${all.toLocaleString('en-US')}`
}

/** Local `2026-11-26 14:05`; as it is where it cannot be read. */
export function dateWords(created: string): string {
  const date = new Date(created)
  if (Number.isNaN(date.getTime())) return created
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}
