import type { Video } from './decode'
import type { Footage } from './footage'
import type { Sample } from './sampling'

/** Cut one sample out of one file into its place in the batch. Memory is shared; everything else is copied. */
export interface CutTask {
  readonly id: number
  readonly footage: Footage
  readonly sample: Sample
  readonly frames: number
  readonly size: number
  readonly shortSide: number
  /** What an earlier task found, so that the file need not be decoded, or measured, again. */
  readonly video: Video | undefined
  readonly out: SharedArrayBuffer
  /** Bytes into `out`. */
  readonly offset: number
}

export interface DecodeSettings {
  readonly ffmpeg: string
  readonly maxSeconds: number
  readonly maxBytes: number
}

export type ToDecoder =
  | { readonly kind: 'cut'; readonly task: CutTask }
  | { readonly kind: 'cancel'; readonly ids: readonly number[] }
  | { readonly kind: 'close' }

/** How a task ended; once it is told, nothing writes into its buffer any more. */
export type CutOutcome =
  | { readonly kind: 'done'; readonly video: Video | undefined }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'no-decoder'; readonly reason: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'broken'; readonly reason: string }

export interface FromDecoder {
  readonly id: number
  readonly outcome: CutOutcome
}
