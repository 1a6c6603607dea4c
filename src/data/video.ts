import type { Frames } from './cut'
import type { Footage } from './footage'
import type { FrameTimes } from './playback'
import type { VideoHeader } from './videoHeader'

export type VideoFootage = Extract<Footage, { kind: 'video' }>

/** All frames of a clip, and when each is shown. */
export interface Whole {
  readonly kind: 'whole'
  readonly frames: Frames
  readonly times: FrameTimes
}

/** A video is held whole, or read a window at a time. */
export type Video =
  | Whole
  | {
      readonly kind: 'windows'
      readonly header: VideoHeader
      /** All frames together are more than may be held. */
      readonly tooLarge: boolean
    }

/** Videos that say they are longer are read a window at a time and never kept: clips of 10 s are a little longer. */
export const longestWholeSeconds = 12

export interface DecodeOptions {
  readonly ffmpeg: string
  readonly footage: VideoFootage
  /** The shorter side of the decoded frames; a smaller video keeps its size. */
  readonly shortSide: number
  readonly signal: AbortSignal
}
