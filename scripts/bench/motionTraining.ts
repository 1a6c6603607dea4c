import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { withSettings } from '../../src/config/withSettings'
import type { RunEvent } from '../../src/protocol/events'
import { listRuns } from '../../src/run/runFolders'
import { median } from './median'

/** How a training on the motion data went. */
export interface Measured {
  readonly seed: number
  /** From the first step to the end, and of the whole process with its start. */
  readonly seconds: number
  readonly processSeconds: number
  readonly iterations: number
  readonly clips: number
  readonly finalTop1: number
  readonly bestTop1: number
  /** From the first step to the end of the first evaluation at 90 % or above; absent where there was none. */
  readonly secondsTo90?: number
  /** Where `seconds` went; `rest` is checkpoints, events and the loop. */
  readonly spent: { compute: number; waitingForClips: number; evaluation: number; rest: number }
  /** Median seconds of a step, its share of waiting, and steps, by shape. */
  readonly shapes: Readonly<Record<string, { steps: number; compute: number; waiting: number }>>
}

const example = path.resolve('examples/motion')

/** Trains one variant by a trainer process of its own, as a user would, and reads its events. */
export async function trainMotion(
  settings: readonly string[],
  seed: number,
  epochs: number,
): Promise<Measured> {
  const folder = mkdtempSync(path.join(tmpdir(), 'multigrid-bench-'))
  try {
    const schedule = path.join(folder, 'motion.multigrid.json')
    const data = ['train', 'val'].map((part) => `data.${part}=${path.join(example, 'data', part)}`)
    const text = readFileSync(path.join(example, 'motion.multigrid.json'), 'utf8')
    writeFileSync(
      schedule,
      withSettings(text, [...data, ...stages(epochs), `train.seed=${seed}`, ...settings]),
    )
    const began = performance.now()
    await ended(
      spawn(process.execPath, [path.resolve('dist/cli.js'), 'train', schedule], { stdio: 'ignore' }),
    )
    const processSeconds = (performance.now() - began) / 1000
    const lines = readFileSync(path.join(listRuns(folder)[0]!.folder, 'events.jsonl'), 'utf8').trim()
    const events = lines.split('\n').map((line) => JSON.parse(line) as RunEvent)
    return { seed, ...measure(events), processSeconds: round(processSeconds) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The stages of the example, of its 60 epochs, in proportion. */
function stages(epochs: number): string[] {
  const at = (share: number): number => Math.round(share * epochs)
  return [
    `train.epochs=${epochs}`,
    `train.steps=${JSON.stringify([0, at(0.5), at(0.75), at(0.9)])}`,
    `train.warmup.epochs=${at(0.1)}`,
  ]
}

function measure(events: readonly RunEvent[]): Omit<Measured, 'seed' | 'processSeconds'> {
  const steps = events.filter((event) => event.type === 'step')
  const evaluations = events.filter((event) => event.type === 'evaluation')
  const [first, last] = [steps[0], events.at(-1)]
  if (!first || last?.type !== 'state' || last.state !== 'finished') {
    throw new Error(`The training did not finish: ${JSON.stringify(last)}`)
  }
  const start = first.time - 1000 * (first.seconds.compute + first.seconds.data)
  const compute = sum(steps.map((step) => step.seconds.compute))
  const waitingForClips = sum(steps.map((step) => step.seconds.data))
  const evaluation = sum(evaluations.map(({ seconds }) => seconds))
  const seconds = (last.time - start) / 1000
  const good = evaluations.find(({ top1 }) => top1 >= 0.9)
  const shapes = new Map<string, typeof steps>()
  for (const step of steps) {
    const { batch, frames, size } = step.shape
    const key = `${batch}x${frames}x${size}`
    shapes.set(key, [...(shapes.get(key) ?? []), step])
  }
  return {
    seconds: round(seconds),
    iterations: steps.length,
    clips: sum(steps.map(({ clips }) => clips)),
    finalTop1: evaluations.at(-1)!.top1,
    bestTop1: Math.max(...evaluations.map(({ top1 }) => top1)),
    ...(good && { secondsTo90: round((good.time - start) / 1000) }),
    spent: {
      compute: round(compute),
      waitingForClips: round(waitingForClips),
      evaluation: round(evaluation),
      rest: round(seconds - compute - waitingForClips - evaluation),
    },
    shapes: Object.fromEntries(
      [...shapes].map(([shape, own]) => [
        shape,
        {
          steps: own.length,
          compute: round(median(own.map((step) => step.seconds.compute))),
          waiting: round(sum(own.map((step) => step.seconds.data)) / own.length),
        },
      ]),
    ),
  }
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`The training ended with code ${String(code)}.`))
    })
  })
}

export const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
export const round = (value: number): number => Number(value.toPrecision(4))
