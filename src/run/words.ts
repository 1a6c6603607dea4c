import type { RunPhase } from '../protocol/view'

/** `512 × 8 × 158²`: clips × frames × size². */
export function shapeWords(shape: { batch: number; frames: number; size: number }): string {
  return `${shape.batch} × ${shape.frames} × ${shape.size}²`
}

/** Two units at most: "2 d 3 h", "3 h 12 min", "12 min", "40 s". Negative or unknown seconds are "–". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–'
  const minutes = Math.round(seconds / 60)
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

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
