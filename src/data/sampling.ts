import { philox } from './philox'

/**
 * Which frames and which square of a clip are shown, as fractions of whatever the video turns out to hold:
 * drawn before the file is opened, so that it depends on nothing but its arguments.
 */
export interface Sample {
  /** Index into the data set's clips. */
  readonly clip: number
  /** Frames from one shown frame to the next. */
  readonly stride: number
  /** Which of the possible first frames, 0 to 1 (exclusive). */
  readonly start: number
  /** The video is scaled until its shorter side has this many pixels. */
  readonly shortSide: number
  readonly crop: Crop
  /** Mirrored left to right. */
  readonly flip: boolean
}

/** Which of the possible places for the square, 0 to 1 (exclusive): from the left and from the top, or along the longer side. */
export type Crop =
  | { readonly kind: 'at'; readonly x: number; readonly y: number }
  | { readonly kind: 'along'; readonly place: number }

/** The place from the left and from the top in a video of this size: the middle of its shorter side. */
export function cropPlace(
  crop: Crop,
  { width, height }: { readonly width: number; readonly height: number },
): { readonly x: number; readonly y: number } {
  if (crop.kind === 'at') return crop
  return width >= height ? { x: crop.place, y: 0.5 } : { x: 0.5, y: crop.place }
}

/** What keeps one kind of draw from repeating another's numbers; a value never changes its meaning. */
const purpose = { order: 1, time: 2, space: 3 } as const

/** The order of an epoch: a permutation of 0..clips-1, another one for every seed and epoch. */
export function epochOrder(seed: number, epoch: number, clips: number): Int32Array {
  const order = Int32Array.from({ length: clips }, (_, clip) => clip)
  for (let last = clips - 1; last > 0; last--) {
    const [u] = draw(seed, epoch, last, purpose.order)
    const other = Math.floor(u * (last + 1))
    const moved = order[last]!
    order[last] = order[other]!
    order[other] = moved
  }
  return order
}

/** A training sample of `clip` in `epoch`: stride and short side uniform in their ranges, ends included. */
export function drawTrainSample(options: {
  seed: number
  epoch: number
  clip: number
  stride: readonly [min: number, max: number]
  jitter: readonly [min: number, max: number]
  flip: boolean
}): Sample {
  const { seed, epoch, clip } = options
  const [stride, start, mirror] = draw(seed, epoch, clip, purpose.time)
  const [side, x, y] = draw(seed, epoch, clip, purpose.space)
  return {
    clip,
    stride: wholeWithin(options.stride, stride),
    start,
    shortSide: wholeWithin(options.jitter, side),
    crop: { kind: 'at', x, y },
    flip: options.flip && mirror < 0.5,
  }
}

/** Where one look at a clip is taken: `Sample.start`, and the place of the square along the longer side. */
export interface View {
  readonly start: number
  readonly place: number
}

/** The largest that a fraction can be: the last of any number of places. */
const last = 1 - 2 ** -32

/** `views` of a clip spread from its beginning to its end, each with `crops` squares spread along the longer side; of one, the middle. */
export function evaluationViews({ views, crops }: { views: number; crops: number }): View[] {
  return spread(views).flatMap((start) => spread(crops).map((place) => ({ start, place })))
}

function spread(count: number): number[] {
  if (count === 1) return [0.5]
  return Array.from({ length: count }, (_, index) => Math.min(last, index / (count - 1)))
}

/** The sample by which a clip is judged: the middle in time and space unless `view` says otherwise, never mirrored. */
export function evaluationSample(options: {
  clip: number
  stride: number
  shortSide: number
  view?: View
}): Sample {
  const { view: { start, place } = { start: 0.5, place: 0.5 }, ...rest } = options
  return { ...rest, start, crop: { kind: 'along', place }, flip: false }
}

/** Four uniform numbers in [0, 1) that belong to these four whole numbers and to nothing else. */
function draw(
  seed: number,
  epoch: number,
  item: number,
  purpose: number,
): [a: number, b: number, c: number, d: number] {
  const [a, b, c, d] = philox([item, epoch, purpose, 0], [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0])
  return [a / 2 ** 32, b / 2 ** 32, c / 2 ** 32, d / 2 ** 32]
}

/** A whole number from min to max, both included, for `u` in [0, 1). */
function wholeWithin([min, max]: readonly [number, number], u: number): number {
  const low = Math.round(min)
  return low + Math.floor(u * (Math.round(max) - low + 1))
}
