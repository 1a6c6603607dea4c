/** A stretch of the x axis, in epochs; `end` > `start`. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** How far the axis goes, 0..`epochs`, and the narrowest stretch that is still worth looking at. */
export interface Limits {
  readonly epochs: number
  readonly narrowest: number
}

/** What part of the axis is looked at: all of it, the last `span` epochs up to now, or what hand or key chose. */
export type View =
  | { readonly at: 'fit' }
  | { readonly at: 'follow'; readonly span: number }
  | { readonly at: 'free'; readonly range: Range }

/** Now stands at this share of the width while it is followed, so that what comes next is seen too. */
const nowShare = 0.8

export function rangeOf(view: View, limits: Limits, now: number): Range {
  switch (view.at) {
    case 'fit':
      return { start: 0, end: limits.epochs }
    case 'follow':
      return within({ start: now - view.span * nowShare, end: now + view.span * (1 - nowShare) }, limits)
    case 'free':
      return within(view.range, limits)
  }
}

export const toPixel = ({ start, end }: Range, width: number, epoch: number) =>
  ((epoch - start) / (end - start)) * width

export const toEpoch = ({ start, end }: Range, width: number, pixel: number) =>
  start + (pixel / width) * (end - start)

/** Scales by `factor` (below 1 looks closer); the epoch `at` keeps its place. */
export function zoom({ start, end }: Range, at: number, factor: number, limits: Limits): Range {
  const wanted = (end - start) * factor
  const span = Math.min(limits.epochs, Math.max(limits.narrowest, wanted))
  const share = (at - start) / (end - start)
  return within({ start: at - share * span, end: at + (1 - share) * span }, limits)
}

export const pan = ({ start, end }: Range, epochs: number, limits: Limits): Range =>
  within({ start: start + epochs, end: end + epochs }, limits)

/** The same width, moved and if need be cut to lie in 0..`epochs`. */
function within({ start, end }: Range, { epochs, narrowest }: Limits): Range {
  const span = Math.min(epochs, Math.max(narrowest, end - start))
  const from = Math.min(Math.max(0, start), epochs - span)
  return { start: from, end: from + span }
}

export const showsAll = ({ start, end }: Range, { epochs }: Limits) => end - start >= epochs * (1 - 1e-9)

/** Round numbers in the range, at least `apart` pixels from each other. */
export function ticks({ start, end }: Range, width: number, apart: number): number[] {
  const step = niceStep(((end - start) * apart) / Math.max(1, width))
  const first = Math.ceil(start / step - 1e-9)
  const last = Math.floor(end / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => round((first + index) * step))
}

const round = (value: number) => Number(value.toPrecision(12))

/** The smallest of 1, 2 or 5 times a power of ten that is at least `least`. */
export function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  for (const factor of [1, 2, 5]) if (factor * power >= least * (1 - 1e-9)) return factor * power
  return 10 * power
}

/** Decimals that tell neighbours at this zoom apart. */
export function decimals({ start, end }: Range, width: number): number {
  const perPixel = (end - start) / Math.max(1, width)
  return Math.min(4, Math.max(0, Math.ceil(-Math.log10(perPixel))))
}
