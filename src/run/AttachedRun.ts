import { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { HumanError } from '../HumanError'
import { endStates } from '../protocol/events'
import type { RunEvent } from '../protocol/events'
import type { TrainerApi } from '../protocol/requests'
import type { EditView } from '../protocol/view'
import { readEvents } from './eventFile'
import { hasEnded, launch, whyItDied } from './launch'
import { isAlive } from '../runtime/isAlive'
import type { Exit, TrainerCommand } from './launch'
import { RunClient } from './RunClient'
import { RunHistory } from './RunHistory'
import { readRun } from './runFolders'
import type { KnownRun } from './runFolders'
import { whereabouts } from './whereabouts'

const retryMs = 500
const retriesWhileAlive = 60
const lookElsewhereMs = 10_000

interface AttachedRunEvents {
  /** Every event in order, those on record first. */
  event: [RunEvent]
  /** A trainer answers: after the first connection, and after each that was lost. */
  connected: []
  /** Something that is shown has changed. */
  change: []
  /** The trainer has gone without its last word; `reason` is for a person. */
  gone: [reason: string]
}

/**
 * A run that is followed: its history from the file, then from the trainer's socket where that left off, again after
 * each loss of the connection. Any number of these, in any number of processes, can follow one run.
 */
export class AttachedRun extends EventEmitter<AttachedRunEvents> {
  readonly history: RunHistory
  private client: RunClient | undefined
  private exit: Exit | undefined
  private disposed = false
  private live = false
  private following: Promise<void> | undefined

  constructor(private run: KnownRun) {
    super()
    this.history = new RunHistory(run.record.id, run.record.name)
  }

  get folder(): string {
    return this.run.folder
  }

  get record(): KnownRun['record'] {
    return this.run.record
  }

  get isLive(): boolean {
    return this.client !== undefined
  }

  /** Whether its trainer was alive at some time while it was followed: a failure is news then, and history otherwise. */
  get watched(): boolean {
    return this.live
  }

  /** The trainer's requests; HumanError when none is connected. */
  get api(): TrainerApi {
    if (!this.client)
      throw new HumanError(`No trainer of "${this.record.name}" is running. Resume the run first.`)
    return this.client.api
  }

  /** Reads what is on record and connects where there is a trainer. Resolves when the first picture is complete. */
  async open(): Promise<void> {
    await this.catchUp()
    this.run = readRun(this.folder) ?? this.run
    if (hasEnded(this.run)) this.conclude()
    else await this.connect()
  }

  /** Reads what is on record, and connects to nobody: what a folder says that is not trusted. */
  async read(): Promise<void> {
    await this.catchUp()
    if (hasEnded(this.run)) this.conclude()
    else this.update(this.history.current.state, 'The workspace is not trusted: shown is what is on record.')
  }

  /** Starts a trainer, which goes on from the last checkpoint if there is one, and follows it. */
  async start(command: TrainerCommand): Promise<void> {
    if (this.client) throw new HumanError(`"${this.record.name}" is training already.`)
    const current = readRun(this.folder)
    if (current && !hasEnded(current)) {
      const where = await whereabouts(current)
      if (where === 'elsewhere') throw new HumanError(elsewhereWords(current))
      if (where === 'here' && (await isTrainerOf(current))) {
        this.run = current
        await this.connect()
        return
      }
    }
    this.exit = undefined
    this.update('starting', 'starting the trainer')
    try {
      const { run, exited } = await launch(this.run, command)
      this.run = run
      void exited.then((exit) => (this.exit = exit))
    } catch (error) {
      this.run = readRun(this.folder) ?? this.run
      await this.catchUp()
      this.update('failed', (error as Error).message)
      throw error
    }
    await this.connect()
  }

  /** Shows an edit of its schedule beside it, here only; `undefined` takes that away. */
  propose(edit: EditView | undefined): void {
    this.history.propose(edit)
    this.emit('change')
  }

  /** Resolves when the run has ended, or its trainer is gone; never rejects. */
  async ended(): Promise<void> {
    if (!this.client && !this.following) return
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.client !== undefined || this.following !== undefined) return
        this.off('change', look)
        resolve()
      }
      this.on('change', look)
    })
  }

  /** Lets go of the trainer, which goes on. */
  dispose(): void {
    this.disposed = true
    this.client?.dispose()
    this.removeAllListeners()
  }

  private async connect(): Promise<void> {
    for (let attempt = 0; !this.disposed; attempt++) {
      const where = await whereabouts(this.run)
      if (where === 'nowhere') return this.lost()
      if (where === 'elsewhere') {
        this.following = this.watchElsewhere().finally(() => this.settle())
        return
      }
      try {
        const client = await RunClient.connect(this.run.record)
        // Disposed while connecting: nobody is there to follow.
        if (this.disposed as boolean) {
          client.dispose()
          return
        }
        await this.follow(client)
        return
      } catch (error) {
        // A trainer in a long step answers late; a stranger on its port never does.
        if (attempt >= retriesWhileAlive || (error as Error).message.includes('This trainer runs'))
          return this.lost()
        this.history.setState('connecting', (error as Error).message)
        this.emit('change')
        await delay(retryMs)
        this.run = readRun(this.folder) ?? this.run
        if (hasEnded(this.run)) {
          await this.catchUp()
          this.conclude()
          return
        }
      }
    }
  }

  /** Its trainer's port is another machine's: what it writes is read until it has ended or fallen silent. */
  private async watchElsewhere(): Promise<void> {
    while (!this.disposed) {
      await this.catchUp()
      this.run = readRun(this.folder) ?? this.run
      if (hasEnded(this.run)) {
        this.conclude()
        return
      }
      const where = await whereabouts(this.run)
      if (where !== 'elsewhere') return where === 'here' ? this.connect() : this.lost()
      this.update('elsewhere', elsewhereWords(this.run))
      await delay(lookElsewhereMs, undefined, { ref: false })
    }
  }

  private async follow(client: RunClient): Promise<void> {
    this.client = client
    this.live = true
    client.on('event', (event) => this.take(event))
    client.once('close', () => {
      this.client = undefined
      if (!this.disposed) this.following = this.afterClose().finally(() => this.settle())
    })
    await client.api.subscribe({ fromSeq: this.history.seq + 1 })
    this.emit('connected')
    this.emit('change')
  }

  private async afterClose(): Promise<void> {
    // The exit's signal, when it is our child, arrives a moment after the socket's end.
    for (let waited = 0; waited < 2000 && this.isTrainerAlive(); waited += 100) await delay(100)
    this.run = readRun(this.folder) ?? this.run
    await this.catchUp()
    if (hasEnded(this.run)) this.conclude()
    else await this.connect()
  }

  private settle(): void {
    this.following = undefined
    if (!this.disposed) this.emit('change')
  }

  private isTrainerAlive(): boolean {
    return this.run.record.pid !== undefined && isAlive(this.run.record.pid) && this.exit === undefined
  }

  private async catchUp(): Promise<void> {
    for await (const event of readEvents(this.folder)) this.take(event)
  }

  private take(event: RunEvent): void {
    if (event.seq <= this.history.seq) return
    this.history.push(event)
    this.emit('event', event)
    this.emit('change')
  }

  /** The record's last word is the run's state, also where a full disk kept it from the event log. */
  private conclude(): void {
    if (endStates.includes(this.run.record.state)) this.update(this.run.record.state, this.run.record.reason)
  }

  private async lost(): Promise<void> {
    this.run = readRun(this.folder) ?? this.run
    await this.catchUp()
    if (hasEnded(this.run)) {
      this.conclude()
      return
    }
    const reason = whyItDied(this.folder, this.run.record.pid, this.exit)
    this.update('gone', reason)
    this.emit('gone', reason)
  }

  private update(state: Parameters<RunHistory['setState']>[0], reason: string): void {
    this.history.setState(state, reason)
    this.emit('change')
  }
}

function elsewhereWords({ record: { name, host } }: KnownRun): string {
  return `"${name}" trains on ${host}: open its folder there to steer it.`
}

/** The trainer must answer with the run's id: a process alone proves nothing. */
async function isTrainerOf(run: KnownRun): Promise<boolean> {
  try {
    const client = await RunClient.connect(run.record)
    client.dispose()
    return true
  } catch {
    return false
  }
}
