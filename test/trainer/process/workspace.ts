import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { generate } from '../../../examples/motion/generate.mjs'
import { loadConfig } from '../../../src/config/load'
import type { RunEvent, RunStateName } from '../../../src/protocol/events'
import { AttachedRun } from '../../../src/run/AttachedRun'
import { createRun } from '../../../src/run/runFolders'
import { isAlive } from '../../../src/runtime/isAlive'
import type { TrainerCommand } from '../../../src/run/launch'
import { findNode } from '../../../src/runtime/node'
import { runtimeFolder } from '../../../src/runtime/folder'
import { trainerEnvironment } from '../../../src/runtime/spawnEnv'

/** A schedule of seconds: three shapes of the long cycle, a short cycle, an evaluation, on a very small network. */
export const smallSchedule = {
  name: 'small',
  data: {
    train: 'data/train',
    val: 'data/val',
    frames: 8,
    stride: 1,
    crop: 32,
    jitter: [36, 40],
    flip: false,
    workers: 1,
  },
  model: { arch: 'slow', depth: 18, width: 4, dropout: 0.5 },
  train: {
    batch: 2,
    epochs: 4,
    steps: [0, 2, 3],
    learningRate: 0.05,
    warmup: { epochs: 1, from: 0.01 },
    evaluateEvery: 1,
    checkpointEvery: 1,
  },
  multigrid: { longCycle: true, shortCycle: true, epochFactor: 1.5, bnBase: 2 },
  engine: { backend: 'auto' },
}

/** The same schedule of hours, however fast the machine: for tests that end it themselves. */
export const forHours = (schedule: typeof smallSchedule): typeof smallSchedule => ({
  ...schedule,
  train: {
    ...schedule.train,
    epochs: 20_000,
    steps: [0, 10_000, 15_000],
    evaluateEvery: 50,
    checkpointEvery: 50,
  },
})

let data: Promise<string> | undefined

/** A folder with a small motion data set, made once a test process: 4 train and 1 validation clips a class, 48×48. */
function motionData(): Promise<string> {
  data ??= (async () => {
    const out = temporaryFolder('motion-')
    await generate({ out, train: 4, val: 1, size: 48, frames: 16 })
    return out
  })()
  return data
}

const made: string[] = []

function temporaryFolder(prefix: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), prefix))
  made.push(folder)
  return folder
}

/** For the end of the tests, when no trainer runs any more. */
export function removeWorkspaces(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  data = undefined
}

export interface Workspace {
  readonly folder: string
  readonly schedule: string
}

/** A workspace of its own, in a folder whose name asks for trouble, with the small schedule changed by `change`. */
export async function workspace(
  change: (schedule: typeof smallSchedule) => unknown = (schedule) => schedule,
): Promise<Workspace> {
  const folder = temporaryFolder("a b's & é-")
  const from = await motionData()
  const base = structuredClone(smallSchedule)
  base.data.train = path.join(from, 'train')
  base.data.val = path.join(from, 'val')
  const schedule = path.join(folder, 'small.multigrid.json')
  writeFileSync(schedule, JSON.stringify(change(base), null, 2))
  return { folder, schedule }
}

export async function command(env: NodeJS.ProcessEnv = {}): Promise<TrainerCommand> {
  const node = await findNode({
    setting: undefined,
    env: process.env,
    execPath: process.execPath,
    isElectron: false,
  })
  return {
    node: node.path,
    script: path.resolve('dist/trainer.js'),
    env: { ...trainerEnvironment(process.env, { runtime: runtimeFolder() }), ...node.env, ...env },
  }
}

/** A run of the workspace's schedule and everything it tells. */
export class Followed {
  readonly events: RunEvent[] = []

  constructor(readonly run: AttachedRun) {
    run.on('event', (event) => this.events.push(event))
  }

  static of({ schedule }: Workspace): Followed {
    return new Followed(new AttachedRun(createRun({ schedule, config: loadConfig(schedule).config })))
  }

  ofType<T extends RunEvent['type']>(type: T): Extract<RunEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type)
  }

  get states(): RunStateName[] {
    return this.ofType('state').map(({ state }) => state)
  }

  get problems(): string[] {
    return this.ofType('problem').map(({ message }) => message)
  }

  /** The first event that passes `test`, those that came already included; rejects when the trainer ends without one. */
  async until(test: (event: RunEvent) => boolean): Promise<RunEvent> {
    const seen = this.events.find(test)
    if (seen) return seen
    const { current } = this.run.history
    let look: (event: RunEvent) => void = () => undefined
    const found = new Promise<RunEvent>((resolve) => {
      look = (event) => {
        if (test(event)) resolve(event)
      }
      this.run.on('event', look)
    })
    const ended = this.run.ended().then((): never => {
      throw new Error(`The run ended before: ${current.state}, ${current.reason}.`)
    })
    try {
      return await Promise.race([found, ended])
    } finally {
      this.run.off('event', look)
    }
  }

  /** For the end of a test that may have failed: no trainer is left behind. */
  kill(): void {
    const { pid } = this.run.record
    if (pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGKILL')
  }

  untilStep(iteration: number): Promise<RunEvent> {
    return this.until((event) => event.type === 'step' && event.iteration >= iteration)
  }
}
