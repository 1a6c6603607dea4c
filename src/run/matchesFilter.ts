import path from 'node:path'
import { dateWords } from './describeRun'
import type { RunFacts } from './runFacts'
import { stateWord } from './words'

/** Whether every word of `filter` is in a run's name, id, state, schedule or date; case does not matter. */
export function matchesFilter(facts: RunFacts, filter: string): boolean {
  const { id, name, state, schedule, created } = facts
  const text = [
    name,
    id,
    state,
    stateWord(state),
    path.basename(schedule),
    dateWords(created),
    month(created),
  ]
    .join('\n')
    .toLowerCase()
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/** `November`, for who remembers when rather than which. */
function month(created: string): string {
  const date = new Date(created)
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleDateString('en-US', { month: 'long' })
}
