import type { RunPhase } from '../protocol/view'

export { duration, shapeWords } from '../schedule/words'

/** Clips per second with three figures at most. */
export function rate(clipsPerSecond: number): string {
  return `${clipsPerSecond >= 100 ? Math.round(clipsPerSecond) : Number(clipsPerSecond.toPrecision(2))} clips/s`
}

/** A share 0..1 as "43.2 %". */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`
}

const stateWords: Partial<Record<RunPhase, string>> = {
  holding: 'pausing',
  held: 'paused',
  releasing: 'freeing the device',
  released: 'paused, device freed',
  gone: 'the trainer is gone',
}

/** A state as people say it: protocol and run folder speak of "held", the person paused it. */
export function stateWord(state: RunPhase): string {
  return stateWords[state] ?? state
}
