/** What ffmpeg's `showinfo` filter logs of the frames that pass it. */
export class FrameLog {
  /** To stand where frames have their last size; without check sums, which would cost more than a decoder does. */
  static readonly filter = 'showinfo=checksum=0'

  private readonly name: string

  /** Of the filter at that place of a chain of filters; of any if left out. */
  constructor(place?: number) {
    this.name = `[Parsed_showinfo_${place === undefined ? '' : `${place} `}`
  }

  /** When each frame is to be shown, seconds; NaN where the file does not say. */
  readonly times: number[] = []
  /** Of all frames, pixels; 0 before the first. */
  width = 0
  height = 0
  /** Frames before the first one of another size, if there is one. */
  changedAfter: number | undefined

  /** Whether the line was the filter's. */
  take(line: string): boolean {
    if (!line.startsWith(this.name)) return false
    const frame = / n: *\d+ pts: *\S+ pts_time: *(\S+) .*? s:(\d+)x(\d+) /.exec(line)
    if (!frame) return true
    const [time, width, height] = frame.slice(1).map(Number) as [number, number, number]
    if (this.times.length === 0) {
      this.width = width
      this.height = height
    } else if (width !== this.width || height !== this.height) this.changedAfter ??= this.times.length
    this.times.push(time)
    return true
  }
}
