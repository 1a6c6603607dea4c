import type { Shape } from './shortCycle'

/** Pixels of a step, to which its computation is roughly proportional; a stand-in for seconds where nothing was measured. */
export function pixels({ batch, frames, size }: Shape): number {
  return batch * frames * size * size
}

/** Pixels that one epoch reads for each clip of the data set, on average over the short cycle. */
export function pixelsPerClip(shapes: readonly Shape[]): number {
  const sum = (of: (shape: Shape) => number): number => shapes.reduce((total, shape) => total + of(shape), 0)
  return sum(pixels) / sum(({ batch }) => batch)
}
