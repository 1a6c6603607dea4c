import { isDeepStrictEqual } from 'node:util'
import { HumanError } from '../HumanError'
import { differences } from '../config/differences'
import { decodeConfig } from '../config/parse'
import type { Config } from '../config/schema'
import type { EditOutcome, EventOf, EventPayload } from '../protocol/events'
import { ratePoints, wirePlanOf } from '../protocol/wirePlan'
import type { Result } from '../protocol/requests'
import { iterationsPerEpoch, locate, totalIterations } from '../schedule/iterations'
import { learningRate } from '../schedule/learningRate'
import { epochRows, makePlan } from '../schedule/plan'
import type { EpochRow, Plan } from '../schedule/plan'
import { readBatches } from './batches'
import { meritOf } from './checkpoint'
import type { Checkpoints, CheckpointState } from './checkpoint'
import type { Dataset } from '../data/dataset'
import type { ClipBatch, ClipReader } from '../data/reader'
import { Forecaster } from './Forecaster'
import type { Fact, Learner } from './loop'
import { trainingLoop } from './loop'
import type { NetworkLearner } from './NetworkLearner'
import type { RunFolder } from './RunFolder'
import type { Training } from './Session'

export interface TrainingRunOptions {
  readonly run: RunFolder
  readonly config: Config
  readonly dataset: Dataset
  readonly reader: ClipReader
  /** Those from `start` on, where they are being read already. */
  readonly batches?: Batches
  readonly learner: NetworkLearner
  readonly checkpoints: Checkpoints
  readonly timed: ReadonlyMap<string, { readonly pixels: number; readonly seconds: number }>
  readonly tell: (event: EventPayload) => void
  readonly start: {
    readonly iteration: number
    readonly offset: number
    readonly best: Standing
  }
}

/** What an evaluation said, as far as checkpoints are chosen by it; empty where there was none. */
export type Standing = Pick<CheckpointState, 'top1' | 'map'>

type Batches = ReturnType<typeof readBatches>

/** One schedule: what follows from a config, and is replaced as a whole when an edit is applied. */
interface Course {
  readonly config: Config
  readonly plan: Plan
  readonly rows: readonly EpochRow[]
  readonly offset: number
  readonly batches: Batches
  readonly facts: AsyncGenerator<Fact, void>
  readonly forecaster: Forecaster
}

interface Edit {
  readonly config: Config
  readonly plan: Plan
  readonly fromEpoch: number
  readonly changes: string[]
  /** Every step has the shape and the clips it would have had: nothing is read anew. */
  readonly sameSteps: boolean
}

/** What a run is made for when it starts. */
const lasting = [
  'model',
  ...['train', 'val', 'layout', 'root', 'labels', 'multiLabel', 'followLinks'].map((key) => `data.${key}`),
  'engine',
  'train.seed',
]

/** A run that is ready to train: the loop with its data, network, forecast and checkpoints behind one face. */
export class TrainingRun implements Training {
  private course: Course
  private done: number
  private best: Standing
  /** Of the evaluation at `done`, until the next step. */
  private standing: Standing = {}
  private pending: Edit | undefined
  /** No epoch is under way: after the last step of one come its evaluation and its end. */
  private between = true
  /** An edit was taken since the last checkpoint. */
  private turned = false

  constructor(private readonly options: TrainingRunOptions) {
    const { config, start } = options
    this.done = start.iteration
    this.best = start.best
    this.course = this.plot(config, start.offset, { batches: options.batches })
  }

  get facts(): AsyncIterator<Fact, void> {
    return this.course.facts
  }

  get iteration(): number {
    return this.done
  }

  /** Fractional epoch of the next step. */
  get epoch(): number {
    const { plan, offset } = this.course
    return epochAt(plan, this.options.dataset.train.length, this.done - offset)
  }

  forecast(): { progress: number; secondsLeft: number } {
    return this.course.forecaster.at(this.done - this.course.offset, this.epoch)
  }

  observe(fact: Fact): void {
    switch (fact.kind) {
      case 'step':
        this.done = fact.iteration + 1
        this.between = false
        this.standing = {}
        this.course.forecaster.observe(fact)
        return
      case 'evaluation':
        this.standing = { top1: fact.result.top1, map: fact.result.map }
        this.course.forecaster.observeEvaluation(fact.seconds)
        return
      case 'epoch':
        this.between = true
        this.turn()
        return
      case 'evaluating':
        return
    }
  }

  savesAfter(epoch: number): boolean {
    const { config, plan } = this.course
    return (
      (epoch + 1) % config.train.checkpointEvery === 0 ||
      epoch + 1 >= plan.epochs ||
      meritOf(this.standing) !== undefined ||
      this.turned
    )
  }

  save(): { path: string; bytes: number; best: boolean; epoch: number } {
    const { checkpoints, learner, run } = this.options
    const { epoch, standing } = this
    const best = (meritOf(standing) ?? -Infinity) > (meritOf(this.best) ?? -Infinity)
    const now = best ? standing : this.best
    const { folder, bytes } = checkpoints.save(
      {
        iteration: this.done,
        epoch,
        offset: this.course.offset,
        ...standing,
        bestTop1: now.top1,
        bestMap: now.map,
      },
      learner.export(),
    )
    this.best = now
    this.turned = false
    if (best) run.note({ bestTop1: now.top1, bestMap: now.map })
    return { path: folder, bytes, best, epoch }
  }

  /** The plan as it travels, with its rates and the forecast. */
  describe(changes: string[]): EventOf<'plan'> {
    const { plan, rows, offset } = this.course
    const forecast = this.course.forecaster.whole(this.done - offset, this.epoch)
    return {
      type: 'plan',
      plan: wirePlanOf(plan),
      iterations: totalIterations(plan, this.options.dataset.train.length) + offset,
      rates: ratePoints(rows),
      forecast,
      changes,
    }
  }

  preview(raw: unknown): Result<'previewConfig'> {
    const edit = this.edit(raw)
    const { changes, fromEpoch } = edit
    return { fromEpoch, changes, outcome: this.outcome(edit) }
  }

  /** Answers at once; where it changes what is read, the edit is taken when the epoch under way has ended. */
  apply(raw: unknown): Result<'applyConfig'> {
    const edit = this.edit(raw)
    const { fromEpoch, changes } = edit
    this.pending = edit
    if (fromEpoch === this.epoch && this.mayTurn) this.turn()
    else this.options.tell({ type: 'edit', state: 'waits', fromEpoch, changes, outcome: this.outcome(edit) })
    return { fromEpoch, changes }
  }

  withdraw(): void {
    const { pending } = this
    if (!pending) throw new HumanError('No edit waits: it is trained already, or was taken back.')
    this.pending = undefined
    const { fromEpoch, changes } = pending
    this.options.tell({ type: 'edit', state: 'withdrawn', fromEpoch, changes })
  }

  async dispose(): Promise<void> {
    await this.course.batches.cancel()
  }

  /** Not between the last step of an epoch and its evaluation. */
  private get mayTurn(): boolean {
    return this.between || !Number.isInteger(this.epoch)
  }

  /** What an edit changes, or why it cannot be taken now. */
  private edit(raw: unknown): Edit {
    const config = decodeConfig(raw)
    const { config: before, plan: planned } = this.course
    const changes = differences(before, config)
    const refused = changes.filter((change) => lasting.some((key) => isOf(change, key)))
    if (refused.length > 0) {
      throw new HumanError(
        `${refused.join('; ')}: the network and its data are made when a run starts, and cannot change while it trains. Start a new run for that, or change it back.`,
      )
    }
    const plan = makePlan(config)
    const sameSteps =
      isDeepStrictEqual([plan, before.data], [planned, config.data]) &&
      before.train.preciseBatches === config.train.preciseBatches
    const fromEpoch = sameSteps && this.mayTurn ? this.epoch : Math.ceil(this.epoch)
    if (fromEpoch >= plan.epochs) {
      throw new HumanError(
        `The edited schedule has ${plan.epochs} epochs and the run is in epoch ${Math.floor(this.epoch)} already. Give it more epochs.`,
      )
    }
    return { config, plan, fromEpoch, changes, sameSteps }
  }

  /** What an edit comes to, if all goes on at the speed of now: until it is taken, by the schedule of now. */
  private outcome({ config, plan, fromEpoch }: Edit): EditOutcome {
    const clips = this.options.dataset.train.length
    const { forecaster, plan: planned } = this.course
    const rows = epochRows(config, plan)
    const left = (of: Forecaster, by: Plan): number =>
      of.at(iterationsBefore(by, clips, fromEpoch), fromEpoch).secondsLeft
    const before = this.forecast().secondsLeft
    const edited = forecaster.with({ settings: config, plan, evaluations: this.evaluations(rows) })
    const offset = offsetAt(plan, clips, this.done, this.epoch)
    return {
      plan: wirePlanOf(plan),
      iterations: totalIterations(plan, clips) + Math.max(0, offset),
      rates: ratePoints(rows),
      secondsLeft: before - left(forecaster, planned) + left(edited, plan),
      secondsLeftBefore: before,
    }
  }

  private evaluations(rows: readonly EpochRow[]): number[] {
    return this.options.dataset.val.length > 0
      ? rows.filter((row) => row.evaluate).map((row) => row.epoch)
      : []
  }

  /** Between two epochs: takes the edit that waits. */
  private turn(): void {
    const { pending } = this
    if (!pending) return
    this.pending = undefined
    try {
      this.options.run.writeConfig(pending.config)
    } catch (error) {
      // A run resumes by the config on its disk: an edit that is not there must not be trained.
      this.options.tell({ type: 'problem', kind: 'note', message: (error as Error).message })
      return
    }
    const { batches, offset, forecaster } = this.course
    this.options.learner.take(pending.config)
    if (pending.sameSteps) this.course = this.plot(pending.config, offset, { batches, forecaster })
    else {
      void batches.cancel()
      const clips = this.options.dataset.train.length
      const from = offsetAt(pending.plan, clips, this.done, pending.fromEpoch)
      this.course = this.plot(pending.config, from, { forecaster })
    }
    this.turned = true
    this.options.run.notePlan(this.course.plan)
    this.options.tell(this.describe(pending.changes))
  }

  /** `kept`: what goes on from an earlier course. */
  private plot(
    config: Config,
    offset: number,
    kept: { batches?: Batches | undefined; forecaster?: Forecaster } = {},
  ): Course {
    const { dataset, reader, learner, timed } = this.options
    const clips = dataset.train.length
    const plan = makePlan(config)
    const rows = epochRows(config, plan)
    const batches = kept.batches ?? readBatches({ reader, dataset, config, plan, start: this.done, offset })
    const facts = trainingLoop<ClipBatch>({
      plan,
      rows,
      rate: (epoch) => learningRate(config, plan, epoch),
      clips,
      start: this.done,
      offset,
      batches,
      learner: learner satisfies Learner<ClipBatch>,
      now: () => performance.now(),
    })
    const schedule = { settings: config, plan, evaluations: this.evaluations(rows) }
    const forecaster = kept.forecaster?.with(schedule) ?? new Forecaster({ ...schedule, clips, timed })
    return { config, plan, rows, offset, batches, facts, forecaster }
  }
}

function epochAt(plan: Plan, clips: number, iteration: number): number {
  return iteration >= totalIterations(plan, clips)
    ? plan.epochs
    : locate(plan, clips, iteration).fractionalEpoch
}

/** How many more iterations `done` is than `plan` has before `epoch`. */
export function offsetAt(plan: Plan, clips: number, done: number, epoch: number): number {
  return done - iterationsBefore(plan, clips, epoch)
}

function iterationsBefore(plan: Plan, clips: number, epoch: number): number {
  let before = 0
  for (const { startEpoch, endEpoch, shapes } of plan.phases) {
    const epochs = Math.max(0, Math.min(epoch, endEpoch) - startEpoch)
    before += epochs * iterationsPerEpoch(shapes, clips)
  }
  return Math.round(before)
}

/** Whether a line of `differences` is of a key, or of one within it. */
function isOf(change: string, key: string): boolean {
  return change.startsWith(`${key}:`) || change.startsWith(`${key}.`)
}
