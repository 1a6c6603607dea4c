import type {
  ComparedCurve,
  ComparedCurveUpdate,
  ComparedEvaluation,
  ComparedFacts,
} from '../protocol/compare'
import type { EventOf, RunEvent } from '../protocol/events'
import { secondsTrained } from '../protocol/secondsTrained'
import { curveNames } from '../protocol/view'
import type { CurveName, RunPhase } from '../protocol/view'
import { bestOf } from './runFacts'
import { Series } from './Series'

/** A pixel has room for one. */
const mostBuckets = 1000

/**
 * The curves of a run folded from its events in order, so that they can be laid over epochs, iterations or the time that
 * was trained. Time is what steps and evaluations took: pauses and starts are left out, what was lost and trained again
 * counts twice. Memory is bounded whatever the run's length.
 */
export class ComparedCurves {
  // Over iterations, which never stand still; what epoch and time it was then is looked up.
  private readonly series = Object.fromEntries(
    curveNames.map((name) => [name, new Series(mostBuckets)]),
  ) as Record<CurveName, Series>
  private readonly epochs = new Series(mostBuckets)
  private readonly times = new Series(mostBuckets)
  private evaluations: ComparedEvaluation[] = []
  private known: Omit<ComparedFacts, 'evaluations' | 'best'> = {
    state: 'connecting',
    seconds: 0,
    iteration: 0,
    iterations: 0,
    epoch: 0,
    epochs: 0,
    engine: '',
  }
  private lastSeq = 0
  private edits = 0

  /** How often the schedule was told: another number than before means that settings may have changed. */
  get plans(): number {
    return this.edits
  }

  get facts(): ComparedFacts {
    const best = bestOf(this.evaluations)
    return { ...this.known, evaluations: this.evaluations, ...(best && { best }) }
  }

  /** Takes in the next event; false for one that was seen already. */
  push(event: RunEvent): boolean {
    if (event.seq <= this.lastSeq) return false
    this.lastSeq = event.seq
    this.know({ seconds: this.known.seconds + secondsTrained(event) })
    switch (event.type) {
      case 'run':
        this.resumeAt(event)
        break
      case 'plan':
        this.edits++
        this.know({ iterations: event.iterations, epochs: event.plan.epochs })
        break
      case 'step':
        this.step(event)
        break
      case 'evaluation': {
        const { epoch, iteration, loss, top1, map } = event
        const { seconds } = this.known
        this.evaluations = [
          ...this.evaluations,
          { epoch, iteration, seconds, loss, top1, ...(map !== undefined && { map }) },
        ]
        break
      }
      case 'checkpoint':
        this.know({ iteration: event.iteration, epoch: event.epoch })
        break
      case 'state':
        this.know({ state: event.state })
        break
      case 'edit':
      case 'device':
      case 'problem':
    }
    return true
  }

  /** The state as the run's record or its trainer has it, which no event told. */
  setState(state: RunPhase): void {
    this.know({ state })
  }

  curves(): Record<CurveName, ComparedCurve> {
    return Object.fromEntries(
      curveNames.map((name) => [name, this.placed(this.series[name].curve())]),
    ) as Record<CurveName, ComparedCurve>
  }

  /** What changed since the last call. */
  takeUpdate(): Partial<Record<CurveName, ComparedCurveUpdate>> {
    const updates: Partial<Record<CurveName, ComparedCurveUpdate>> = {}
    for (const name of curveNames) {
      const update = this.series[name].takeUpdate()
      if (update) updates[name] = { from: update.from, points: this.placed(update.points) }
    }
    return updates
  }

  private step({ iteration, epoch, lr, top1, loss, clips, seconds }: EventOf<'step'>): void {
    const took = seconds.data + seconds.compute
    this.epochs.push(iteration, epoch)
    this.times.push(iteration, this.known.seconds)
    this.series.lr.push(iteration, lr)
    this.series.top1.push(iteration, top1)
    this.series.clipsPerSecond.push(iteration, took > 0 ? clips / took : 0)
    if (loss !== null) this.series.loss.push(iteration, loss)
    this.know({ iteration: iteration + 1, epoch })
  }

  /** What was trained after the checkpoint that a process starts from was lost. */
  private resumeAt({ iteration, epoch, backend, device }: EventOf<'run'>): void {
    for (const series of [this.epochs, this.times, ...Object.values(this.series)]) series.cut(iteration)
    this.evaluations = this.evaluations.filter((one) => one.iteration <= iteration)
    this.know({ iteration, epoch, engine: `${backend} (${device})` })
  }

  /** A curve over iterations with the epoch and the time of each. */
  private placed({ epoch: iteration, mean, min, max }: ReturnType<Series['curve']>): ComparedCurve {
    const at = (places: Series) => {
      const lookUp = interpolation(places)
      return iteration.map(lookUp)
    }
    return { iteration, epoch: at(this.epochs), seconds: at(this.times), mean, min, max }
  }

  private know(change: Partial<typeof this.known>): void {
    this.known = { ...this.known, ...change }
  }
}

/** A rising quantity at any iteration, between the first steps of its buckets. */
function interpolation(places: Series): (iteration: number) => number {
  const buckets = places.all
  return (iteration) => {
    let [low, high] = [0, buckets.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (buckets[middle]!.epoch <= iteration) low = middle + 1
      else high = middle
    }
    const before = buckets[Math.max(0, low - 1)]
    if (!before) return 0
    const after = buckets[low]
    const [from, to] = after
      ? [after.epoch - before.epoch, after.min - before.min]
      : [before.count - 1, before.max - before.min]
    return from > 0 ? before.min + (to * (iteration - before.epoch)) / from : before.min
  }
}
