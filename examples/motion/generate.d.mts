export interface MotionSettings {
  out?: string
  ffmpeg?: string
  /** Clips a class. */
  train?: number
  val?: number
  /** Pixels along each side; even. */
  size?: number
  frames?: number
  fps?: number
  seed?: number
  onProgress?: (done: number, of: number) => void
}

/** Makes the data set, or nothing when it is there; resolves to the number of clips written. */
export function generate(settings?: MotionSettings): Promise<number>
