import { HumanError } from '../HumanError'
import type { Help } from '../HumanError'
import type { EventPayload, RunStateName } from '../protocol/events'
import type { Params, Result } from '../protocol/requests'
import type { Fact, StepFact } from './loop'
import { Orders } from './Orders'
import type { Order, Saved, Wish } from './Orders'
import type { SessionApi } from './Server'

/** Steps in a row whose loss is no number, after which a run ends. */
const mostNotFinite = 10

/** What a session needs of the run that is ready to train. */
export interface Training {
  readonly facts: AsyncIterator<Fact, void>
  /** First iteration not yet done. */
  readonly iteration: number
  forecast(): { progress: number; secondsLeft: number }
  /** Takes in a fact, before it is told. */
  observe(fact: Fact): void
  /** Throws HumanError when it cannot be written. */
  save(): { path: string; bytes: number; best: boolean; epoch: number }
  savesAfter(epoch: number): boolean
  preview(config: unknown): Result<'previewConfig'>
  /** Takes the edited schedule; tells the new plan itself. */
  apply(config: unknown): Result<'applyConfig'>
  /** Takes back an edit that waits. Throws HumanError where none does. */
  withdraw(): void
}

export interface Telling {
  readonly tell: (event: EventPayload) => void
  /** The state is also the run record's. */
  state(state: RunStateName, reason: string, help?: Help): void
}

export type End = 'released' | 'stopped' | 'finished'

/**
 * Drives a training one fact at a time, and between two facts does what clients asked for.
 * Lives from before the network exists (so that a start can be stopped) to the last checkpoint.
 */
export class Session implements SessionApi {
  state: RunStateName = 'starting'
  private readonly orders = new Orders()
  private training: Training | undefined
  private ending: Result<'stop'> | undefined
  private notFinite = 0

  constructor(private readonly out: Telling) {}

  hold(): Promise<Result<'hold'>> {
    this.requireLive('paused')
    if (this.state === 'running') this.enter('holding', 'pausing after this step')
    return this.orders.place({ do: 'hold' })
  }

  resume(): Promise<Result<'resume'>> {
    this.requireLive('resumed')
    return this.orders.place({ do: 'resume' })
  }

  release(): Promise<Result<'release'>> {
    this.requireLive('released')
    this.enter('releasing', 'saving a checkpoint, then freeing the device')
    return this.orders.place({ do: 'release' })
  }

  /** Stopping a run twice is stopping it once: the second answer is the first one's, however late it is asked for. */
  stop({ checkpoint }: Params<'stop'>): Promise<Result<'stop'>> {
    if (this.ending) return Promise.resolve(this.ending)
    this.requireLive('stopped')
    this.enter('stopping', checkpoint ? 'saving a checkpoint, then stopping' : 'stopping')
    return this.orders.place({ do: 'stop', checkpoint })
  }

  checkpoint(): Promise<Result<'checkpoint'>> {
    this.requireLive('saved')
    return this.orders.place({ do: 'checkpoint' })
  }

  previewConfig({ config }: Params<'previewConfig'>): Promise<Result<'previewConfig'>> {
    if (!this.training)
      return Promise.reject(new HumanError('The run is still starting; try again when it trains.'))
    return Promise.resolve(this.training.preview(config))
  }

  applyConfig({ config }: Params<'applyConfig'>): Promise<Result<'applyConfig'>> {
    this.requireLive('edited')
    return this.orders.place({ do: 'apply', config })
  }

  withdrawConfig(): Promise<Result<'withdrawConfig'>> {
    this.requireLive('edited')
    return this.orders.place({ do: 'withdraw' })
  }

  /**
   * For the stages of a start: throws `Ended` when a client has asked to stop meanwhile.
   * Lets the event loop turn once, so that what came over the socket is seen.
   */
  async breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    await this.attend()
  }

  /** Trains until the plan ends or a client ends it; every order is settled when this resolves. */
  async run(training: Training): Promise<End> {
    this.training = training
    this.enterIfLive('running', `training from iteration ${training.iteration}`)
    try {
      for (;;) {
        await this.breathe()
        const { value: fact, done } = await training.facts.next()
        if (done) {
          this.enter('finished', 'all epochs are trained')
          this.close('The run has ended: all epochs are trained.')
          return 'finished'
        }
        training.observe(fact)
        this.tellFact(fact, training)
        if (fact.kind === 'step') this.watchLoss(fact)
      }
    } catch (error) {
      if (error instanceof Ended) return error.as
      throw error
    }
  }

  /** The last word of a run that an error ended; `help` says where more is told. */
  fail(reason: string, help?: Help): void {
    this.enter('failed', reason, help)
    this.close(`The run has failed: ${reason}`)
  }

  /** Refuses whatever still waits. */
  private close(why: string): void {
    this.orders.close(new HumanError(why))
  }

  private async attend(): Promise<void> {
    for (let order = this.orders.take(); order; order = this.orders.take()) {
      await this.carryOut(order)
    }
  }

  private async carryOut(order: Order): Promise<void> {
    const { wish } = order
    switch (wish.do) {
      case 'hold':
        if (this.state === 'held') {
          order.settle({})
          return
        }
        this.enter('held', 'paused; memory is kept')
        order.settle({})
        return this.hang()
      case 'resume':
        if (this.state === 'held') this.enter(this.training ? 'running' : 'starting', 'resumed')
        order.settle({})
        return
      case 'checkpoint':
        this.settleWith(order, () => this.save())
        return
      case 'apply':
        this.settleWith(order, () => this.requireTraining('edited').apply(wish.config))
        return
      case 'withdraw':
        this.settleWith(order, () => {
          this.requireTraining('edited').withdraw()
          return {}
        })
        return
      case 'release':
      case 'stop':
        this.end(order, wish)
    }
  }

  /** Held: nothing steps until an order changes the state. */
  private async hang(): Promise<void> {
    while (this.state === 'held' || this.state === 'stopping' || this.state === 'releasing') {
      await this.orders.arrival()
      const order = this.orders.take()
      if (order) await this.carryOut(order)
    }
  }

  private end(order: Order, wish: Extract<Wish, { do: 'stop' | 'release' }>): void {
    const as: End = wish.do === 'stop' ? 'stopped' : 'released'
    const saves = wish.do === 'release' || wish.checkpoint
    const before = this.training ? this.training.iteration : 0
    let saved: Saved = { iteration: before }
    if (saves && this.training) {
      try {
        saved = this.save()
      } catch (error) {
        // The run must not end on a promise it could not keep: it is held, and the person decides.
        this.enter('held', 'paused, because the checkpoint could not be saved')
        order.refuse(error as Error)
        return
      }
    }
    this.enter(
      as,
      saved.path ? `saved at iteration ${saved.iteration}` : `at iteration ${saved.iteration}, nothing saved`,
    )
    const answer = { iteration: saved.iteration, ...(saved.path && { checkpoint: saved.path }) }
    this.ending = answer
    order.settle(answer)
    // A second "stop" that came meanwhile is answered with the first one's checkpoint.
    for (let other = this.orders.take(); other; other = this.orders.take()) {
      if (other.wish.do === 'stop' || other.wish.do === 'release') other.settle(answer)
      else other.refuse(new HumanError('The run has ended.'))
    }
    this.close('The run has ended.')
    throw new Ended(as)
  }

  private save(): Required<Saved> {
    const training = this.requireTraining('saved')
    try {
      const { path, bytes, best, epoch } = training.save()
      this.out.tell({ type: 'checkpoint', path, iteration: training.iteration, epoch, bytes, best })
      return { iteration: training.iteration, path }
    } catch (error) {
      if (error instanceof HumanError)
        this.out.tell({ type: 'problem', kind: 'checkpoint', message: error.message })
      throw error
    }
  }

  private tellFact(fact: Fact, training: Training): void {
    switch (fact.kind) {
      case 'step':
        this.tellStep(fact, training)
        return
      case 'evaluating':
        return
      case 'evaluation': {
        const { result } = fact
        this.out.tell({
          type: 'evaluation',
          iteration: fact.iteration,
          epoch: fact.epoch,
          clips: result.clips,
          loss: finite(result.loss),
          top1: result.top1,
          top5: result.topK,
          k: fact.k,
          ...(result.map !== undefined && { map: result.map }),
          ...(result.unreadable > 0 && { unreadable: result.unreadable }),
          seconds: fact.seconds,
        })
        return
      }
      case 'epoch':
        if (training.savesAfter(fact.epoch)) this.saveOrGoOn()
    }
  }

  private tellStep(fact: StepFact, training: Training): void {
    const { progress, secondsLeft } = training.forecast()
    this.out.tell({
      type: 'step',
      iteration: fact.iteration,
      epoch: fact.position.fractionalEpoch,
      phase: fact.position.phase,
      shape: fact.shape,
      lr: fact.lr,
      loss: finite(fact.loss),
      top1: fact.top1,
      clips: fact.shape.batch,
      seconds: fact.seconds,
      progress,
      secondsLeft,
    })
    if (
      fact.shape.batch !== fact.planned.batch ||
      fact.shape.frames !== fact.planned.frames ||
      fact.shape.size !== fact.planned.size
    ) {
      this.out.tell({
        type: 'problem',
        kind: 'shape',
        message: `Iteration ${fact.iteration} trained on ${words(fact.shape)} where the plan says ${words(fact.planned)}.`,
      })
    }
    if (!Number.isFinite(fact.loss)) {
      this.out.tell({
        type: 'problem',
        kind: 'non-finite',
        message: `The loss of iteration ${fact.iteration} is not finite; its update was skipped.`,
      })
    }
  }

  /** A training that has diverged does not come back: it ends where a person can still choose what to do. */
  private watchLoss({ loss, iteration }: StepFact): void {
    this.notFinite = Number.isFinite(loss) ? 0 : this.notFinite + 1
    if (this.notFinite < mostNotFinite) return
    throw new HumanError(
      `The loss has not been finite for ${mostNotFinite} steps in a row, up to iteration ${iteration}: the training has diverged. ` +
        `Its weights are those from before. Lower train.learningRate, lengthen train.warmup or set train.gradientClip, and start anew or resume an earlier checkpoint with the changes.`,
    )
  }

  /** A periodic checkpoint that fails is a problem on record, not the end of the run. */
  private saveOrGoOn(): void {
    try {
      this.save()
    } catch (error) {
      if (!(error instanceof HumanError)) throw error
    }
  }

  private settleWith(order: Order, act: () => unknown): void {
    try {
      order.settle(act())
    } catch (error) {
      order.refuse(error as Error)
    }
  }

  private enter(state: RunStateName, reason: string, help?: Help): void {
    this.state = state
    this.out.state(state, reason, help)
  }

  /** A wish that is already under way keeps its state. */
  private enterIfLive(state: RunStateName, reason: string): void {
    if (this.state === 'starting') this.enter(state, reason)
  }

  private requireTraining(verb: string): Training {
    if (!this.training) throw new HumanError(`The run is still starting and cannot be ${verb} yet.`)
    return this.training
  }

  private requireLive(verb: string): void {
    if (['stopped', 'finished', 'released', 'failed'].includes(this.state)) {
      throw new HumanError(`The run has ended (${this.state}) and cannot be ${verb}.`)
    }
  }
}

/** Thrown out of the stages of a start, and caught by `run`, when a client ended the run. */
export class Ended extends Error {
  constructor(readonly as: End) {
    super(as)
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function words(shape: { batch: number; frames: number; size: number }): string {
  return `${shape.batch} × ${shape.frames} × ${shape.size}²`
}
