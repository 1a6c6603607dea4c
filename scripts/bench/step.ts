import path from 'node:path'
import { loadConfig } from '../../src/config/load'
import { decodeConfig } from '../../src/config/parse'
import type { Config } from '../../src/config/schema'
import { stepWork } from '../../src/config/stepWork'
import { makePlan } from '../../src/schedule/plan'
import type { Phase } from '../../src/schedule/plan'
import { loadBackend } from '../../src/trainer/backends/load'
import type { BackendName } from '../../src/trainer/backends/load'
import { MicroBatches } from '../../src/trainer/MicroBatches'
import { NetworkLearner } from '../../src/trainer/NetworkLearner'
import { noise } from '../../src/trainer/timeShapes'
import { median } from './median'

interface Case {
  readonly network: string
  readonly config: Config
  readonly classes: number
  readonly shapes: readonly { batch: number; frames: number; size: number }[]
}

const wholeBatch = { norm: { kind: 'plain' } } as unknown as Phase

/** The shapes of the motion schedule, the full one last, and those of SlowFast 18 that grow 8 clips of 8 × 112². */
function cases(backend: BackendName): Case[] {
  const { config } = loadConfig(path.resolve('examples/motion/motion.multigrid.json'))
  const shapes = new Map(
    makePlan(config)
      .phases.flatMap((phase) => phase.shapes)
      .map((s) => [`${s.batch}x${s.frames}x${s.size}`, { batch: s.batch, frames: s.frames, size: s.size }]),
  )
  const motion = {
    network: 'motion: slowfast 18, width 12',
    config,
    classes: 8,
    shapes: [...shapes.values()],
  }
  if (backend === 'wasm') return [motion]
  const larger = decodeConfig({
    data: { train: 'none', frames: 16, crop: 112 },
    model: { arch: 'slowfast', depth: 18, width: 16 },
  })
  return [
    motion,
    {
      network: 'slowfast 18, width 16, 12 classes',
      config: larger,
      classes: 12,
      shapes: [
        { batch: 32, frames: 4, size: 79 },
        { batch: 16, frames: 8, size: 79 },
        { batch: 8, frames: 8, size: 112 },
        { batch: 4, frames: 16, size: 112 },
      ],
    },
  ]
}

/** Prints the median seconds of a whole training step (forward, backward, update) for every shape, as JSON. */
async function main(name: BackendName, repeats: number): Promise<void> {
  const backend = await loadBackend(name)
  const results = []
  for (const { network, config, classes, shapes } of cases(name)) {
    const learner = NetworkLearner.create(config, classes, new MicroBatches(console.error))
    const timed = []
    for (const shape of shapes) {
      const seconds: number[] = []
      for (let iteration = -2; iteration < repeats; iteration++) {
        const batch = noise(shape)
        const began = performance.now()
        await learner.step(batch, { lr: 0, iteration: iteration + 2, phase: wholeBatch })
        if (iteration >= 0) seconds.push((performance.now() - began) / 1000)
      }
      timed.push({ shape, seconds: median(seconds) })
    }
    learner.dispose()
    const full = timed.at(-1)!
    const work = stepWork(config)
    const model = ({ batch, frames, size }: (typeof full)['shape']): number =>
      work({ batch, frames, size, jitter: [size, size] })
    results.push({
      network,
      shapes: timed.map(({ shape, seconds }) => ({
        shape: `${shape.batch}x${shape.frames}x${shape.size}x${shape.size}`,
        seconds: round(seconds),
        clipsPerSecond: round(shape.batch / seconds),
        ratioToLast: round(seconds / full.seconds),
        // What a forecast without measurements assumes.
        modelRatioToLast: round(model(shape) / model(full.shape)),
      })),
    })
  }
  const { device, versions } = backend
  process.stdout.write(JSON.stringify({ backend: name, device, versions, repeats, results }))
}

const round = (value: number): number => Number(value.toPrecision(4))

void main(process.argv[2] as BackendName, Number(process.argv[3]))
