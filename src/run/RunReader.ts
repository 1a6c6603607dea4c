import type { ComparedRun, ComparedRunUpdate } from '../protocol/compare'
import { ComparedCurves } from './ComparedCurves'
import { dateWords } from './describeRun'
import { EventTail } from './EventTail'
import type { KnownRun } from './runFolders'

/** A run that is compared: read from its folder again and again, never attached to. */
export class RunReader {
  private readonly tail: EventTail
  private readonly curves = new ComparedCurves()
  private reading: Promise<void> | undefined
  private again = false
  private begun = false
  private fresh = false

  constructor(readonly run: KnownRun) {
    this.tail = new EventTail(run.folder)
  }

  get plans(): number {
    return this.curves.plans
  }

  /** Takes in what is on record since the last call; calls that come meanwhile share the next reading. */
  async read(onProgress: () => void = () => undefined): Promise<void> {
    if (this.reading) {
      this.again = true
      return this.reading
    }
    this.reading = this.take(onProgress)
    try {
      await this.reading
    } finally {
      this.reading = undefined
    }
  }

  view(): ComparedRun {
    const { id, name, created } = this.run.record
    this.curves.takeUpdate()
    this.fresh = false
    return {
      ...{ id, name, created: dateWords(created), reading: !this.begun },
      facts: this.curves.facts,
      curves: this.curves.curves(),
    }
  }

  /** What changed since the last call, or since `view`. */
  takeUpdate(): ComparedRunUpdate | undefined {
    if (!this.fresh) return undefined
    this.fresh = false
    const { id } = this.run.record
    return { id, reading: !this.begun, facts: this.curves.facts, curves: this.curves.takeUpdate() }
  }

  /** A state that no event tells: that the trainer is gone. */
  setState(state: Parameters<ComparedCurves['setState']>[0]): void {
    if (this.curves.facts.state === state) return
    this.curves.setState(state)
    this.fresh = true
  }

  private async take(onProgress: () => void): Promise<void> {
    do {
      this.again = false
      for await (const events of this.tail.next()) {
        for (const event of events) this.fresh = this.curves.push(event) || this.fresh
        onProgress()
      }
    } while (this.again as boolean)
    this.fresh ||= !this.begun
    this.begun = true
  }
}
