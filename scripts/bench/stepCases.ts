import path from 'node:path'
import { loadConfig } from '../../src/config/load'
import { decodeConfig } from '../../src/config/parse'
import type { Config } from '../../src/config/schema'
import { makePlan } from '../../src/schedule/plan'

export interface StepShape {
  readonly batch: number
  readonly frames: number
  readonly size: number
}

export interface StepCase {
  readonly network: string
  readonly config: Config
  readonly classes: number
  readonly shapes: readonly StepShape[]
  /** Whether others are put beside it, which takes minutes. */
  readonly peers: boolean
}

export function shapeName({ batch, frames, size }: StepShape): string {
  return `${batch}x${frames}x${size}x${size}`
}

/** The shapes of the motion schedule, the full one last, and those that 8 clips of 8 × 112² become. `quick`: one each. */
export function stepCases(quick: boolean): StepCase[] {
  const { config } = loadConfig(path.resolve('examples/motion/motion.multigrid.json'))
  const shapes = new Map(
    makePlan(config)
      .phases.flatMap((phase) => phase.shapes)
      .map(({ batch, frames, size }) => [`${batch}x${frames}x${size}`, { batch, frames, size }]),
  )
  const larger = decodeConfig({
    data: { train: 'none', frames: 16, crop: 112 },
    model: { arch: 'slowfast', depth: 18, width: 16 },
  })
  const cases: StepCase[] = [
    {
      network: 'motion: slowfast 18, width 12',
      config,
      classes: 8,
      shapes: [...shapes.values()],
      peers: false,
    },
    {
      network: 'slowfast 18, width 16, 12 classes',
      config: larger,
      classes: 12,
      peers: true,
      shapes: [
        { batch: 32, frames: 4, size: 79 },
        { batch: 16, frames: 8, size: 79 },
        { batch: 8, frames: 8, size: 112 },
        { batch: 4, frames: 16, size: 112 },
      ],
    },
  ]
  return quick ? cases.map((own) => ({ ...own, shapes: own.shapes.slice(-1) })) : cases
}
