import type { EventPayload } from '../protocol/events'
import type { RunProgress } from '../protocol/runRecord'
import { secondsTrained } from '../protocol/secondsTrained'

/** How far a run is, folded from what its processes told: kept in the record, so that lists need no event log. */
export class Progress {
  constructor(private progress?: RunProgress) {}

  /** Undefined before the first plan. */
  get current(): RunProgress | undefined {
    return this.progress
  }

  take(event: EventPayload): void {
    if (event.type === 'plan') {
      const start = this.progress ?? { iteration: 0, epoch: 0, seconds: 0 }
      this.progress = { ...start, iterations: event.iterations, epochs: event.plan.epochs }
    }
    if (!this.progress) return
    this.progress = { ...this.progress, seconds: this.progress.seconds + secondsTrained(event) }
    if (event.type === 'step')
      this.progress = { ...this.progress, iteration: event.iteration + 1, epoch: event.epoch }
    else if (event.type === 'checkpoint' || event.type === 'run')
      this.progress = { ...this.progress, iteration: event.iteration, epoch: event.epoch }
  }
}
