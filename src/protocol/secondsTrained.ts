import type { EventPayload } from './events'

/** What an event adds to the time that a run was trained: its step's or its evaluation's, so that no pause counts. */
export function secondsTrained(event: EventPayload): number {
  if (event.type === 'step') return event.seconds.data + event.seconds.compute
  return event.type === 'evaluation' ? event.seconds : 0
}
