import type { ClipBatch, ReadRequest } from './reader'

type Read = (request: ReadRequest, signal: AbortSignal) => Promise<ClipBatch>

/** A batch that is being read; `result` never rejects. */
type Ahead = Promise<
  { readonly ok: true; readonly batch: ClipBatch } | { readonly ok: false; readonly error: unknown }
>

/** Reads a few batches ahead of whoever calls `next`, in order, and no further. */
export class Prefetch {
  private readonly ahead: Ahead[] = []
  private readonly abort = new AbortController()

  /** `depth` batches are under way or ready at any time. */
  constructor(
    private readonly read: Read,
    private readonly requests: Iterator<ReadRequest>,
    private readonly depth = 3,
  ) {
    this.fill()
  }

  /**
   * The next batch and how long it had to be waited for; undefined when the requests are at their end or were
   * cancelled. Rejects with what reading rejects with; the batch after it can still be asked for.
   */
  async next(): Promise<{ batch: ClipBatch; waitSeconds: number } | undefined> {
    const asked = performance.now()
    this.fill()
    const first = this.ahead.shift()
    if (!first) return undefined
    const result = await first
    this.fill()
    if (result.ok) return { batch: result.batch, waitSeconds: (performance.now() - asked) / 1000 }
    if (this.abort.signal.aborted) return undefined
    throw result.error
  }

  /** Drops what is ahead, as after an edit of the plan; resolves when nothing is being read any more. */
  async cancel(): Promise<void> {
    this.abort.abort()
    for (const result of await Promise.all(this.ahead.splice(0))) if (result.ok) result.batch.release()
  }

  private fill(): void {
    while (this.ahead.length < this.depth && !this.abort.signal.aborted) {
      const request = this.requests.next()
      if (request.done) return
      this.ahead.push(
        this.read(request.value, this.abort.signal).then(
          (batch) => ({ ok: true, batch }),
          (error: unknown) => ({ ok: false, error }),
        ),
      )
    }
  }
}
