import { HumanError } from '../../HumanError'

export type SetName = 'train' | 'val'

/** A file that lists clips. */
export interface Source {
  readonly file: string
  readonly text: string
}

/** Where a list says something: a line, or an item of JSON, from 1. */
export interface Place {
  readonly file: string
  readonly row: number
}

/** A clip as a list names it; whether there is such a clip is not known yet. */
export interface ListedClip extends Place {
  /** As written: a path, or what `Listing.lookup` says. */
  readonly path: string
  /** Ids or names of classes, as written. */
  readonly labels: readonly string[]
  /** Seconds of the video. */
  readonly part?: readonly [from: number, to: number]
  /** Pictures of the folder, at most. */
  readonly count?: number
}

export interface Listing {
  /** For people: "a list of 12 rows, path and label". */
  readonly words: string
  readonly clips: readonly ListedClip[]
  readonly multiLabel: boolean
  /**
   * What `path` is: "paths" from the root to a video, with its ending or without, or to a folder of pictures;
   * "segments" ids of videos that lie anywhere below the root, whole or cut to their part; "found" an absolute path
   * of a video that was seen.
   */
  readonly lookup: 'paths' | 'segments' | 'found'
}

/** How the rows of a list are to be understood. */
export interface ListRules {
  readonly set: SetName
  /** What the numbers behind a path are where two readings fit; "list" goes by what all rows have in common. */
  readonly as: 'list' | 'kinetics' | 'mmaction'
  /** Undefined: several labels where rows have them. */
  readonly multiLabel?: boolean | undefined
}

/** What is wrong with a row, and where. */
export function rowFault({ file, row }: Place, message: string): HumanError {
  return new HumanError(`${file}, row ${row}: ${message}`)
}

/** "1 row", "12 rows". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
