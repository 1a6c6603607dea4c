import type { InputGauges } from '../protocol/events'
import type { InputStretch } from '../protocol/view'
import { inputStretches, isInputBound, shareOf, smoothed, sum } from './inputBound'
import type { Waited } from './inputBound'
import { Series } from './Series'

/** Twice the pixels that a sidebar has for them. */
const mostBuckets = 512
/** What one report moves the mean of the busy threads by. */
const freshness = 0.2

/** What the trainer's process waited so far: in its first epoch, when nothing was cached yet, and since. */
export interface ProcessWaits {
  readonly cold: Waited
  readonly warm: Waited
  /** How clips had been read when the first epoch was over. */
  readonly warmFrom?: InputGauges
  /** Decoding threads at work while training goes on, evened out; a pause does not count. */
  readonly busy?: number
}

/** Where a run waited for data, folded from its steps in order; memory is bounded. */
export class DataWaits {
  private readonly waited = new Series(mostBuckets)
  private readonly took = new Series(mostBuckets)
  private last: Waited[] = []
  private lastEpoch = 0
  private bound = false
  private stepped = false
  private started = 0
  private current: ProcessWaits = { cold: sum([]), warm: sum([]) }

  /** Share of the last steps' time that was waiting, 0..1, and whether that holds training up. */
  get now(): { readonly share: number; readonly inputBound: boolean } {
    return { share: shareOf(sum(this.last)), inputBound: this.bound }
  }

  get process(): ProcessWaits {
    return this.current
  }

  push(epoch: number, { data, compute }: { readonly data: number; readonly compute: number }): void {
    const step = { steps: 1, waited: data, longest: data, took: data + compute }
    this.waited.push(epoch, step.waited)
    this.took.push(epoch, step.took)
    this.last = [...this.last, step].slice(-smoothed)
    this.lastEpoch = epoch
    this.bound = isInputBound(sum(this.last), this.bound)
    const part = epoch < this.started + 1 ? 'cold' : 'warm'
    this.current = { ...this.current, [part]: sum([this.current[part], step]) }
    this.stepped = true
  }

  gauges(input: InputGauges): void {
    if (!this.stepped) return
    this.stepped = false
    const { busy = input.busy, warm, warmFrom } = this.current
    this.current = {
      ...this.current,
      busy: busy + freshness * (input.busy - busy),
      ...(!warmFrom && warm.steps > 0 && { warmFrom: input }),
    }
  }

  /** A process begins at `epoch`; what was trained from there on is forgotten. */
  restart(epoch: number): void {
    this.waited.cut(epoch)
    this.took.cut(epoch)
    this.last = []
    this.lastEpoch = Math.min(this.lastEpoch, epoch)
    this.bound = false
    this.stepped = false
    this.started = epoch
    this.current = { cold: sum([]), warm: sum([]) }
  }

  stretches(): InputStretch[] {
    const took = this.took.all
    const buckets = this.waited.all.map(({ epoch, sum: waited, max: longest, count: steps }, index) => ({
      epoch,
      steps,
      waited,
      longest,
      took: took[index]!.sum,
    }))
    return inputStretches(buckets, this.lastEpoch)
  }
}
