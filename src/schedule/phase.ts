import type { Norm } from './settings'
import type { Shape } from './shortCycle'

/** Epochs that share their shapes and their learning-rate stage; `endEpoch` is exclusive and greater than the start. */
export interface Phase {
  readonly lrStage: number
  readonly startEpoch: number
  readonly endEpoch: number
  readonly fineTune: boolean
  /** Shapes of successive iterations, in order, over and over; one entry without a short cycle. The last is the largest. */
  readonly shapes: readonly Shape[]
  /** Video frames between the frames of a clip, drawn uniformly, inclusive. */
  readonly stride: readonly [min: number, max: number]
  readonly norm: Norm
}

/** Phases tile the epochs from 0 to `epochs`. */
export interface Plan {
  readonly epochs: number
  readonly phases: readonly Phase[]
}
