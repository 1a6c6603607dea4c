import type { Now, RunPhase } from '../protocol/view'

export { duration, shapeWords } from '../schedule/words'

/** Clips per second with three figures at most. */
export function rate(clipsPerSecond: number): string {
  return `${clipsPerSecond >= 100 ? Math.round(clipsPerSecond) : Number(clipsPerSecond.toPrecision(2))} clips/s`
}

/** A share 0..1 as "43.2 %". */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`
}

/** MiB as "512 MiB" or "6.1 GiB". */
export function memory(mib: number): string {
  return mib < 1024 ? `${Math.round(mib)} MiB` : `${three(mib / 1024)} GiB`
}

const three = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : `${Number(value.toPrecision(2))}`

/** "input-bound, 84 %" while waiting for data holds training up. */
export function inputBoundWords(now: Pick<Now, 'inputBound' | 'inputShare'> | undefined): string | undefined {
  return now?.inputBound ? `input-bound, ${percent(now.inputShare, 0)}` : undefined
}

/** What a network is judged by: "mAP 41.2 %" of a multi-label data set, else "top-1 61.3 %". */
export function accuracyWords({ top1, map }: { top1: number; map?: number | undefined }): string {
  return map === undefined ? `top-1 ${percent(top1)}` : `mAP ${percent(map)}`
}

const stateWords: Partial<Record<RunPhase, string>> = {
  holding: 'pausing',
  held: 'paused',
  releasing: 'freeing the device',
  released: 'paused, device freed',
  elsewhere: 'training on another machine',
  gone: 'the trainer is gone',
}

/** A state as people say it: protocol and run folder speak of "held", the person paused it. */
export function stateWord(state: RunPhase): string {
  return stateWords[state] ?? state
}
