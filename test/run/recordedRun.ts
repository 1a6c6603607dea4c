import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { loadConfig } from '../../src/config/load'
import type { EventPayload, RunStateName } from '../../src/protocol/events'
import { ratePoints, wirePlanOf } from '../../src/protocol/wirePlan'
import type { RunRecord } from '../../src/protocol/runRecord'
import { createRun } from '../../src/run/runFolders'
import type { KnownRun } from '../../src/run/runFolders'
import { epochRows, makePlan } from '../../src/schedule/plan'

export interface Recorded {
  /** The workspace, which is made. */
  readonly folder: string
  readonly name: string
  readonly steps?: number
  readonly learningRate?: number
  readonly state?: RunStateName
  readonly created?: Date
  readonly record?: Partial<RunRecord>
}

const stepsPerEpoch = 100
const secondsPerStep = 2

/** A run on record as a trainer would leave it: steps of two seconds whose loss falls by the learning rate, evaluated each epoch. */
export function recordRun(options: Recorded): KnownRun {
  const { folder, name, steps = 400, learningRate = 0.01, state = 'stopped', created, record } = options
  mkdirSync(folder, { recursive: true })
  const schedule = path.join(folder, `${name}.multigrid.json`)
  writeFileSync(
    schedule,
    JSON.stringify({ name, data: { train: 'clips' }, train: { epochs: 40, learningRate } }),
  )
  const { config } = loadConfig(schedule)
  const run = createRun({ schedule, config, ...(created && { now: created }) })
  const plan = makePlan(config)
  const iterations = plan.epochs * stepsPerEpoch
  const events: EventPayload[] = [
    introduction(run.record.id, name),
    {
      type: 'plan',
      plan: wirePlanOf(plan),
      iterations,
      rates: ratePoints(epochRows(config, plan)),
      changes: [],
    },
    { type: 'state', state: 'running', reason: 'training from iteration 0' },
    ...Array.from({ length: steps }, (_, iteration) => stepAndEvaluation(iteration, learningRate)).flat(),
    { type: 'state', state, reason: `${state} by a test` },
  ]
  writeFileSync(path.join(run.folder, 'events.jsonl'), linesOf(events))
  const written: RunRecord = {
    ...run.record,
    state,
    reason: `${state} by a test`,
    engine: 'tfjs-node (AMD EPYC)',
    ...(steps >= stepsPerEpoch && { bestTop1: accuracyAt(steps) }),
    progress: {
      iteration: steps,
      iterations,
      epoch: steps / stepsPerEpoch,
      epochs: plan.epochs,
      seconds: steps * secondsPerStep + Math.floor(steps / stepsPerEpoch) * 10,
    },
    ...record,
  }
  writeFileSync(path.join(run.folder, 'run.json'), JSON.stringify(written), { mode: 0o600 })
  return { folder: run.folder, record: written }
}

/** Lines of events.jsonl, numbered from `first`. */
export function linesOf(events: readonly EventPayload[], first = 1): string {
  return events
    .map((event, index) => `${JSON.stringify({ seq: first + index, time: index, ...event })}\n`)
    .join('')
}

const accuracyAt = (iteration: number) => 1 - 1 / (1 + iteration / 200)

function stepAndEvaluation(iteration: number, learningRate: number): EventPayload[] {
  const epoch = iteration / stepsPerEpoch
  const loss = 2 * Math.exp(-iteration * learningRate * 0.3) + 0.1 + 0.05 * Math.sin(iteration)
  const step: EventPayload = {
    type: 'step',
    iteration,
    epoch,
    phase: 0,
    shape: { batch: 64, frames: 4, size: 79, stride: 4 },
    lr: learningRate,
    loss,
    top1: accuracyAt(iteration),
    clips: 64,
    seconds: { data: 0.5, compute: secondsPerStep - 0.5 },
    progress: 0.1,
    secondsLeft: 5000,
  }
  const done = iteration + 1
  if (done % stepsPerEpoch !== 0) return [step]
  const top1 = accuracyAt(done)
  return [
    step,
    {
      type: 'evaluation',
      iteration: done,
      epoch: done / stepsPerEpoch,
      clips: 64,
      loss: loss * 1.1,
      ...{ top1, top5: Math.min(1, top1 + 0.1), k: 5, seconds: 10 },
    },
  ]
}

export function introduction(id: string, name: string): EventPayload {
  return {
    type: 'run',
    ...{ id, name },
    model: 'slowfast depth 18 width 16',
    parameters: 1000,
    flopsPerClip: [],
    classes: ['a', 'b'],
    clips: { train: 6400, val: 64 },
    backend: 'tfjs-node',
    device: 'AMD EPYC',
    reason: 'no GPU',
    versions: {},
    ...{ iteration: 0, epoch: 0 },
  }
}
