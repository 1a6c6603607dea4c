import type { Video } from './video'
import type { Footage } from './footage'
import type { Sample } from './sampling'

/** Cut one sample out of one clip into its place in the batch. Memory is shared; everything else is copied. */
export interface CutTask {
  readonly id: number
  readonly footage: Footage
  readonly sample: Sample
  readonly frames: number
  readonly size: number
  readonly shortSide: number
  /** Ticks a second that strides count; the video's own frames where left out. */
  readonly rate: number | undefined
  /** What an earlier task found, so that the file need not be decoded, or measured, again. */
  readonly video: Video | undefined
  /** Where the whole clip will be kept; where nowhere, no more of it is decoded than is shown. */
  readonly keeps: { readonly memory: boolean; readonly disk: boolean }
  readonly out: SharedArrayBuffer
  /** Bytes into `out`. */
  readonly offset: number
}

export interface DecodeSettings {
  readonly ffmpeg: string
  /** Longer and larger ones are never decoded whole. */
  readonly maxSeconds: number
  readonly maxBytes: number
  /** The folder of decoded clips. */
  readonly store: string | undefined
}

export type ToDecoder =
  | { readonly kind: 'cut'; readonly task: CutTask }
  | { readonly kind: 'cancel'; readonly ids: readonly number[] }
  | { readonly kind: 'close' }

/** How a task ended; once it is told, nothing writes into its buffer any more. */
export type CutOutcome =
  | {
      readonly kind: 'done'
      /** What is new of the clip, to be given along the next time. */
      readonly video: Video | undefined
      readonly from: ClipSource
      /** Seconds that the thread took. */
      readonly seconds: number
      /** Bytes that were added to the folder of decoded clips. */
      readonly stored: number
    }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'no-decoder'; readonly reason: string }
  /** ffmpeg was ended from outside, again and again. */
  | { readonly kind: 'interrupted'; readonly reason: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'broken'; readonly reason: string }

/** Where the frames of a clip came from. */
export type ClipSource = 'decoder' | 'memory' | 'disk'

export interface FromDecoder {
  readonly id: number
  readonly outcome: CutOutcome
}
