import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { KnownRun } from '../../../src/run/runFolders'
import { EventLog } from '../../../src/trainer/EventLog'
import { Server } from '../../../src/trainer/Server'

/** A run that lives without training: the trainer's own server and log, and a process that ends when it is told to stop. */
export class FakeTrainer {
  /** How it was told to stop. */
  readonly stops: { checkpoint: boolean }[] = []

  private constructor(
    private readonly run: KnownRun,
    private readonly child: ChildProcess,
    private readonly log: EventLog,
  ) {}

  static async start(run: KnownRun): Promise<FakeTrainer> {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 120_000)', run.folder], {
      stdio: 'ignore',
    })
    const log = new EventLog(path.join(run.folder, 'events.jsonl'))
    const trainer = new FakeTrainer(run, child, log)
    const server = new Server({
      run: run.record.id,
      log,
      session: {
        state: 'running',
        hold: () => Promise.resolve({}),
        resume: () => Promise.resolve({}),
        release: () => Promise.resolve({ iteration: 1 }),
        stop: (wish) => {
          trainer.stops.push(wish)
          trainer.say('stopped')
          setTimeout(() => {
            void server.close()
            child.kill()
          }, 50)
          return Promise.resolve({ iteration: 1 })
        },
        checkpoint: () => Promise.resolve({ iteration: 1, path: '' }),
        previewConfig: () => Promise.resolve({ fromEpoch: 0, changes: [] }),
        applyConfig: () => Promise.resolve({ fromEpoch: 0, changes: [] }),
        withdrawConfig: () => Promise.resolve({}),
      },
      onBug: (error) => console.error(error),
    })
    const port = await server.listen()
    trainer.say('running', { pid: child.pid, port, token: server.token })
    return trainer
  }

  /** An epoch more on record, and told. */
  step(iteration: number): void {
    this.log.append({
      type: 'step',
      ...{ iteration, epoch: iteration / 100, phase: 0, lr: 0.1, loss: 1, top1: 0.5, clips: 64 },
      shape: { batch: 64, frames: 4, size: 79, stride: 4 },
      seconds: { data: 0, compute: 1 },
      ...{ progress: 0.5, secondsLeft: 7200 },
    })
  }

  kill(): void {
    this.child.kill('SIGKILL')
  }

  private record: Record<string, unknown> = {}

  private say(state: 'running' | 'stopped', more: object = {}): void {
    this.log.append({ type: 'state', state, reason: `${state} by a test` })
    this.record = { ...this.run.record, ...this.record, ...more, state, reason: `${state} by a test` }
    writeFileSync(path.join(this.run.folder, 'run.json'), JSON.stringify(this.record), { mode: 0o600 })
  }
}
