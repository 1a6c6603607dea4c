import type { Footage } from '../footage'

/** A clip that is there, with the row that lists it and the indices of its classes, ascending. */
export interface LocatedClip {
  readonly row: number
  readonly footage: Footage
  readonly labels: readonly number[]
}
