import { endStates } from '../protocol/events'
import type { EventOf, RunEvent } from '../protocol/events'
import { secondsTrained } from '../protocol/secondsTrained'
import { curveNames } from '../protocol/view'
import type {
  CurveName,
  CurveUpdate,
  EditView,
  Evaluation,
  Mark,
  RunPhase,
  RunView,
  ShapeStats,
  Span,
} from '../protocol/view'
import { DataWaits } from './DataWaits'
import type { ProcessWaits } from './DataWaits'
import { Series } from './Series'

const keptMarks = 500
const keptProblems = 50
/** More than any training has; a forged record must not fill the memory either. */
const [keptEvaluations, keptSpans, keptShapes] = [5000, 1000, 1000]

interface ShapeTotals {
  readonly shape: ShapeStats['shape']
  steps: number
  data: number
  compute: number
}

type Scalars = Omit<RunView, 'curves'>

/** Everything a person is shown of a run, folded from its events in order; memory is bounded whatever the run's length. */
export class RunHistory {
  private scalars: Scalars
  private readonly series: Record<CurveName, Series>
  private readonly shapes = new Map<string, ShapeTotals>()
  private readonly waits = new DataWaits()
  private readonly changed = new Set<keyof Scalars>()
  private lastSeq = 0
  private trained = 0

  constructor(id: string, name: string) {
    this.series = Object.fromEntries(curveNames.map((curve) => [curve, new Series()])) as Record<
      CurveName,
      Series
    >
    this.scalars = {
      id,
      name,
      state: 'connecting',
      reason: '',
      iterations: 0,
      rates: [],
      spans: [],
      shapes: [],
      inputBound: [],
      evaluations: [],
      marks: [],
      problems: [],
      problemCount: 0,
    }
  }

  /** Sequence number of the last event taken in; 0 before the first. */
  get seq(): number {
    return this.lastSeq
  }

  /** Seconds that were trained in all processes of the run, pauses left out. */
  get seconds(): number {
    return this.trained
  }

  /** What the trainer that runs, or ran last, waited for data. */
  get processWaits(): ProcessWaits {
    return this.waits.process
  }

  get current(): Readonly<Scalars> {
    return this.scalars
  }

  /** Takes in the next event; one that was seen already is passed over, so that a replay may overlap. */
  push(event: RunEvent): void {
    if (event.seq <= this.lastSeq) return
    this.lastSeq = event.seq
    this.trained += secondsTrained(event)
    switch (event.type) {
      case 'run':
        this.onRun(event)
        return
      case 'plan':
        this.onPlan(event)
        return
      case 'step':
        this.onStep(event)
        return
      case 'device':
        this.set({ device: event })
        if (event.input) this.waits.gauges(event.input)
        return
      case 'evaluation':
        this.onEvaluation(event)
        return
      case 'checkpoint': {
        const text = `${event.best ? 'Best checkpoint' : 'Checkpoint'} at iteration ${event.iteration}`
        this.mark({ kind: event.best ? 'best' : 'checkpoint', epoch: event.epoch, time: event.time, text })
        return
      }
      case 'edit':
        this.onEdit(event)
        return
      case 'state':
        this.onState(event)
        return
      case 'problem':
        this.mark({ kind: 'problem', epoch: this.epoch, time: event.time, text: event.message })
        this.set({
          problems: [...this.scalars.problems, { time: event.time, message: event.message }].slice(
            -keptProblems,
          ),
          problemCount: this.scalars.problemCount + 1,
        })
    }
  }

  /** What is proposed to the person; one that waits in the trainer stays. */
  propose(edit: EditView | undefined): void {
    if (this.scalars.edit?.state !== 'waits') this.set({ edit: edit ?? null })
  }

  /** A state that no event told: the connection's, or that the trainer is gone. */
  setState(state: RunPhase, reason: string): void {
    if (this.scalars.state !== state || this.scalars.reason !== reason) this.set({ state, reason })
  }

  view(): RunView {
    this.refresh()
    const curves = Object.fromEntries(curveNames.map((name) => [name, this.series[name].curve()]))
    return { ...this.scalars, curves: curves as RunView['curves'] }
  }

  /** What changed since the last call (or since `view`, if `view` was called by the same reader after it). */
  takeUpdate(): { run: Partial<Scalars>; curves: Partial<Record<CurveName, CurveUpdate>> } {
    this.refresh()
    const run = Object.fromEntries(
      [...this.changed].map((key) => [key, this.scalars[key]]),
    ) as Partial<Scalars>
    this.changed.clear()
    const curves: Partial<Record<CurveName, CurveUpdate>> = {}
    for (const name of curveNames) {
      const update = this.series[name].takeUpdate()
      if (update) curves[name] = update
    }
    return { run, curves }
  }

  private get epoch(): number {
    return this.scalars.now?.epoch ?? 0
  }

  private onRun(event: EventOf<'run'> & { time: number }): void {
    // An edit that waited went with the process that held it.
    this.set({ info: event, edit: null })
    this.waits.restart(event.epoch)
    this.changed.add('shapes')
    if (event.iteration === 0 && !this.scalars.now) return
    for (const name of curveNames) this.series[name].cut(event.epoch)
    const keep = this.scalars.spans.filter((span) => span.start < event.epoch)
    this.set({
      spans: keep.map((span) => (span.end > event.epoch ? { ...span, end: event.epoch } : span)),
      evaluations: this.scalars.evaluations.filter((one) => one.iteration <= event.iteration),
      marks: this.scalars.marks.filter((mark) => mark.epoch <= event.epoch),
    })
    this.mark({
      kind: 'resumed',
      epoch: event.epoch,
      time: event.time,
      text: `Resumed at iteration ${event.iteration}`,
    })
  }

  private onPlan(event: EventOf<'plan'> & { time: number }): void {
    const { plan, iterations, rates, forecast } = event
    this.set({ plan, iterations, rates, ...(forecast && { forecast }) })
    if (event.changes.length > 0) {
      this.set({ edit: null })
      this.mark({ kind: 'edit', epoch: this.epoch, time: event.time, text: event.changes.join('; ') })
    }
  }

  private onEdit({ state, fromEpoch, changes, outcome, time }: EventOf<'edit'> & { time: number }): void {
    if (state === 'waits') {
      this.set({ edit: { state, fromEpoch, changes, ...(outcome && { outcome }) } })
      return
    }
    this.set({ edit: null })
    this.mark({ kind: 'edit', epoch: this.epoch, time, text: `Taken back: ${changes.join('; ')}` })
  }

  private onStep(event: EventOf<'step'>): void {
    const { iteration, epoch, phase, shape, lr, loss, top1, seconds, progress, secondsLeft } = event
    const took = seconds.data + seconds.compute
    const clipsPerSecond = took > 0 ? event.clips / took : 0
    this.series.lr.push(epoch, lr)
    this.series.top1.push(epoch, top1)
    this.series.clipsPerSecond.push(epoch, clipsPerSecond)
    if (loss !== null) this.series.loss.push(epoch, loss)
    const totals = this.count(shape, seconds)
    this.waits.push(epoch, seconds)
    this.extendSpan(event)
    this.set({
      now: {
        iteration,
        epoch,
        phase,
        shape,
        lr,
        loss,
        top1,
        clipsPerSecond: rateOf(totals),
        inputShare: this.waits.now.share,
        inputBound: this.waits.now.inputBound,
        progress,
        secondsLeft,
      },
    })
  }

  private count(shape: EventOf<'step'>['shape'], seconds: EventOf<'step'>['seconds']): ShapeTotals {
    const { batch, frames, size } = shape
    const key = `${batch}x${frames}x${size}`
    const totals = this.shapes.get(key) ?? { shape: { batch, frames, size }, steps: 0, data: 0, compute: 0 }
    totals.steps++
    totals.data += seconds.data
    totals.compute += seconds.compute
    if (this.shapes.size < keptShapes) this.shapes.set(key, totals)
    this.changed.add('shapes')
    return totals
  }

  /** What is worked out only when somebody looks. */
  private refresh(): void {
    if (!this.changed.has('shapes')) return
    const shapes = [...this.shapes.values()].map((totals) => ({
      shape: totals.shape,
      steps: totals.steps,
      clipsPerSecond: rateOf(totals),
      secondsPerStep: (totals.data + totals.compute) / totals.steps,
      inputShare: inputShareOf(totals),
    }))
    this.scalars = { ...this.scalars, shapes }
    const inputBound = this.waits.stretches()
    if (JSON.stringify(inputBound) !== JSON.stringify(this.scalars.inputBound)) this.set({ inputBound })
  }

  private extendSpan({ phase, epoch, shape }: EventOf<'step'>): void {
    const planned = this.scalars.plan?.phases[phase]?.shapes ?? []
    const mismatch = !planned.some(
      (p) => p.batch === shape.batch && p.frames === shape.frames && p.size === shape.size,
    )
    const spans = [...this.scalars.spans]
    const last = spans.at(-1)
    if (last?.phase === phase && last.mismatch === mismatch) spans[spans.length - 1] = { ...last, end: epoch }
    else {
      if (last) spans[spans.length - 1] = { ...last, end: epoch }
      spans.push({ phase, start: last ? epoch : 0, end: epoch, mismatch })
    }
    this.set({ spans: spans.slice(-keptSpans) satisfies Span[] })
  }

  private onEvaluation({ epoch, iteration, loss, top1, top5, k, map }: EventOf<'evaluation'>): void {
    const one: Evaluation = { epoch, iteration, loss, top1, top5, k, ...(map !== undefined && { map }) }
    this.set({ evaluations: [...this.scalars.evaluations, one].slice(-keptEvaluations) })
  }

  private onState({ state, reason, help, time }: EventOf<'state'> & { time: number }): void {
    const before = this.scalars.state
    this.set({ state, reason, help })
    if (this.scalars.edit && endStates.includes(state)) this.set({ edit: null })
    if (state === 'held') this.mark({ kind: 'held', epoch: this.epoch, time, text: 'Paused' })
    else if (state === 'running' && before === 'held') {
      this.mark({ kind: 'resumed', epoch: this.epoch, time, text: 'Resumed' })
    } else if (state === 'stopped' || state === 'released' || state === 'failed') {
      this.mark({ kind: 'stopped', epoch: this.epoch, time, text: reason })
    }
  }

  private mark(mark: Mark): void {
    this.set({ marks: [...this.scalars.marks, mark].slice(-keptMarks) })
  }

  private set(change: Partial<Scalars>): void {
    this.scalars = { ...this.scalars, ...change }
    for (const key of Object.keys(change) as (keyof Scalars)[]) this.changed.add(key)
  }
}

function rateOf({ shape, steps, data, compute }: ShapeTotals): number {
  return data + compute > 0 ? (steps * shape.batch) / (data + compute) : 0
}

function inputShareOf({ data, compute }: ShapeTotals): number {
  return data + compute > 0 ? data / (data + compute) : 0
}
