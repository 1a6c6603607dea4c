import { HumanError } from '../HumanError'
import { differences } from '../config/differences'
import { decodeConfig } from '../config/parse'
import type { Config } from '../config/schema'
import type { EventOf, EventPayload } from '../protocol/events'
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
  readonly fromEpoch: number
  readonly changes: string[]
}

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
    this.course = this.plot(config, start.offset, options.batches)
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
    const { changes, fromEpoch } = this.edit(raw)
    return { fromEpoch, changes }
  }

  /** Answers at once; the edit is taken when the epoch under way has ended. */
  apply(raw: unknown): Result<'applyConfig'> {
    const edit = this.edit(raw)
    this.pending = edit
    if (this.between && edit.fromEpoch === this.epoch) this.turn()
    return { fromEpoch: edit.fromEpoch, changes: edit.changes }
  }

  async dispose(): Promise<void> {
    await this.course.batches.cancel()
  }

  /** What an edit comes to, or why it cannot be taken now. */
  private edit(raw: unknown): Edit {
    const config = decodeConfig(raw)
    const before = this.course.config
    const dataKeys = ['train', 'val', 'layout', 'root', 'labels', 'multiLabel', 'followLinks'] as const
    for (const [key, a, b] of [
      ['model', before.model, config.model],
      ...dataKeys.map((key) => [`data.${key}`, before.data[key], config.data[key]] as const),
      ['engine', before.engine, config.engine],
      ['train.seed', before.train.seed, config.train.seed],
    ] as const) {
      if (JSON.stringify(a) !== JSON.stringify(b)) {
        throw new HumanError(`"${key}" cannot change while a run trains. Start a new run for that.`)
      }
    }
    const plan = makePlan(config)
    const fromEpoch = Math.ceil(this.epoch)
    if (fromEpoch >= plan.epochs) {
      throw new HumanError(
        `The edited schedule has ${plan.epochs} epochs and the run is in epoch ${Math.floor(this.epoch)} already. Give it more epochs.`,
      )
    }
    return { config, fromEpoch, changes: differences(before, config) }
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
    void this.course.batches.cancel()
    this.options.learner.take(pending.config)
    const offset = offsetAt(
      makePlan(pending.config),
      this.options.dataset.train.length,
      this.done,
      pending.fromEpoch,
    )
    this.course = this.plot(pending.config, offset)
    this.turned = true
    this.options.run.notePlan(this.course.plan)
    this.options.tell(this.describe(pending.changes))
  }

  private plot(config: Config, offset: number, ready?: Batches): Course {
    const { dataset, reader, learner, timed } = this.options
    const clips = dataset.train.length
    const plan = makePlan(config)
    const rows = epochRows(config, plan)
    const batches = ready ?? readBatches({ reader, dataset, config, plan, start: this.done, offset })
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
    const evaluations =
      dataset.val.length > 0 ? rows.filter((row) => row.evaluate).map((row) => row.epoch) : []
    const forecaster = new Forecaster({ settings: config, plan, clips, evaluations, timed })
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
  let before = 0
  for (const { startEpoch, endEpoch, shapes } of plan.phases) {
    const epochs = Math.max(0, Math.min(epoch, endEpoch) - startEpoch)
    before += epochs * iterationsPerEpoch(shapes, clips)
  }
  return done - before
}
