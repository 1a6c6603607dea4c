/** Bytes of frames as they come from a decoder, gathered in memory that threads share. */
export class FrameBytes {
  private readonly early: Uint8Array[] = []
  private gathered: Uint8Array | undefined
  /** So many have come. */
  length = 0

  /** `expected`: how many will come, once that can be told; a guess that is too low costs a copy. */
  constructor(private readonly expected: () => number | undefined) {}

  add(chunk: Uint8Array): void {
    const room = this.gathered?.length ?? this.expected()
    if (room === undefined) this.early.push(chunk)
    else this.place(chunk, room)
    this.length += chunk.length
  }

  /** The first `length` of them, which is not more than have come. */
  take(length: number): Uint8Array {
    return (this.gathered ?? this.gather(this.length)).subarray(0, length)
  }

  private place(chunk: Uint8Array, room: number): void {
    const needed = this.length + chunk.length
    if (!this.gathered || needed > this.gathered.length) {
      this.gathered = this.gather(needed <= room ? room : Math.max(needed, 2 * room))
    }
    this.gathered.set(chunk, this.length)
  }

  /** What has come, in memory of a new size. */
  private gather(size: number): Uint8Array {
    const bytes = new Uint8Array(new SharedArrayBuffer(size))
    if (this.gathered) bytes.set(this.gathered.subarray(0, Math.min(this.length, size)))
    let at = 0
    for (const chunk of this.early.splice(0)) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    return bytes
  }
}
