import type { Curve, CurveUpdate } from '../protocol/view'

interface Bucket {
  readonly epoch: number
  sum: number
  count: number
  min: number
  max: number
}

/**
 * A bounded history of one value per step. When it is full, neighbours merge, so that it always spans the whole run
 * with `capacity / 2` to `capacity` buckets, and a single spike survives in `min` and `max`.
 */
export class Series {
  private buckets: Bucket[] = []
  private stepsPerBucket = 1
  private dirtyFrom = Infinity

  constructor(private readonly capacity = 4000) {}

  push(epoch: number, value: number): void {
    const last = this.buckets.at(-1)
    if (last && last.count < this.stepsPerBucket) {
      last.sum += value
      last.count++
      last.min = Math.min(last.min, value)
      last.max = Math.max(last.max, value)
    } else {
      if (this.buckets.length === this.capacity) this.halve()
      this.buckets.push({ epoch, sum: value, count: 1, min: value, max: value })
    }
    this.dirtyFrom = Math.min(this.dirtyFrom, this.buckets.length - 1)
  }

  /** Forgets everything from `epoch` on. */
  cut(epoch: number): void {
    const keep = this.buckets.findIndex((bucket) => bucket.epoch >= epoch)
    if (keep < 0) return
    this.buckets.length = keep
    this.dirtyFrom = Math.min(this.dirtyFrom, keep)
  }

  curve(from = 0): Curve {
    const tail = this.buckets.slice(from)
    return {
      epoch: tail.map((bucket) => bucket.epoch),
      mean: tail.map((bucket) => bucket.sum / bucket.count),
      min: tail.map((bucket) => bucket.min),
      max: tail.map((bucket) => bucket.max),
    }
  }

  get all(): readonly Readonly<Bucket>[] {
    return this.buckets
  }

  /** What changed since the last call. */
  takeUpdate(): CurveUpdate | undefined {
    if (this.dirtyFrom === Infinity) return undefined
    const from = this.dirtyFrom
    this.dirtyFrom = Infinity
    return { from, points: this.curve(from) }
  }

  private halve(): void {
    const merged: Bucket[] = []
    for (let i = 0; i < this.buckets.length; i += 2) {
      const a = this.buckets[i]!
      const b = this.buckets[i + 1]
      if (!b) merged.push(a)
      else {
        merged.push({
          epoch: a.epoch,
          sum: a.sum + b.sum,
          count: a.count + b.count,
          min: Math.min(a.min, b.min),
          max: Math.max(a.max, b.max),
        })
      }
    }
    this.buckets = merged
    this.stepsPerBucket *= 2
    this.dirtyFrom = 0
  }
}
