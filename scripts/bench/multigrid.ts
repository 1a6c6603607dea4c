import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { withSettings } from '../../src/config/withSettings'
import type { RunEvent } from '../../src/protocol/events'
import { listRuns } from '../../src/run/runFolders'
import { median } from './median'

interface Measured {
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

const variants: Readonly<Record<string, readonly string[]>> = {
  plain: ['multigrid.longCycle=false', 'multigrid.shortCycle=false'],
  multigrid: [],
  'epoch factor 1': ['multigrid.epochFactor=1'],
  'epoch factor 2': ['multigrid.epochFactor=2'],
  'long cycle only': ['multigrid.shortCycle=false'],
  'short cycle only': ['multigrid.longCycle=false'],
}

const example = path.resolve('examples/motion')

/** Trains one variant by a trainer process of its own, as a user would, and reads its events. */
async function train(settings: readonly string[], seed: number, epochs: number): Promise<Measured> {
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

/** Prints, for each variant, every seed's course and the medians beside the plain training's, as JSON. */
async function main(names: readonly string[], seeds: number, epochs: number): Promise<void> {
  const courses = new Map<string, Measured[]>()
  for (let seed = 0; seed < seeds; seed++) {
    for (const name of names) {
      const course = await train(variants[name]!, seed, epochs)
      console.error(`  ${name}, seed ${seed}: ${course.seconds} s, top-1 ${course.finalTop1}`)
      courses.set(name, [...(courses.get(name) ?? []), course])
    }
  }
  const plain = courses.get('plain')
  const middle = (own: readonly Measured[], of: (course: Measured) => number): number => median(own.map(of))
  const results = [...courses].map(([variant, own]) => ({
    variant,
    seconds: middle(own, ({ seconds }) => seconds),
    iterations: own[0]!.iterations,
    clips: own[0]!.clips,
    finalTop1: middle(own, ({ finalTop1 }) => finalTop1),
    ...(plain && {
      timesFaster: round(middle(plain, ({ seconds }) => seconds) / middle(own, ({ seconds }) => seconds)),
      timesFewerIterations: round(plain[0]!.iterations / own[0]!.iterations),
      timesLessCompute: round(
        middle(plain, ({ spent }) => spent.compute) / middle(own, ({ spent }) => spent.compute),
      ),
    }),
    seeds: own,
  }))
  process.stdout.write(JSON.stringify({ schedule: 'examples/motion/motion.multigrid.json', epochs, results }))
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

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
const round = (value: number): number => Number(value.toPrecision(4))

const [seeds, epochs, given] = process.argv.slice(2)
const names = given ? given.split(',') : Object.keys(variants)
const unknown = names.find((name) => !Object.hasOwn(variants, name))
if (unknown === undefined) void main(names, Number(seeds), Number(epochs))
else {
  console.error(`There is no variant "${unknown}": ${Object.keys(variants).join(', ')}.`)
  process.exitCode = 2
}
