import type { Tensor4D } from '@tensorflow/tfjs-core'

/**
 * A batch of clips as clips·frames × height × width × channels: to whatever works in space alone, frames are a batch.
 */
export interface Frames {
  readonly data: Tensor4D
  readonly clips: number
  readonly frames: number
}

export function withData(like: Frames, data: Tensor4D, frames = like.frames): Frames {
  return { data, clips: like.clips, frames }
}
