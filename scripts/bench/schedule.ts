import { decodeConfig } from '../../src/config/parse'
import { learningRate } from '../../src/schedule/learningRate'
import { locate, totalIterations } from '../../src/schedule/iterations'
import { makePlan } from '../../src/schedule/plan'
import { median } from './median'

const kineticsClips = 240_000

/** Prints milliseconds: the Kinetics plan, one of 100,000 epochs, and finding a late iteration's place and rate. */
function main(): void {
  const kinetics = decodeConfig({
    data: { train: 'none', frames: 32, stride: 2, crop: 224 },
    train: { batch: 64, epochs: 239 },
  })
  const long = decodeConfig({ data: { train: 'none' }, train: { epochs: 100_000 } })
  const plan = makePlan(kinetics)
  const last = totalIterations(plan, kineticsClips) - 1
  process.stdout.write(
    JSON.stringify({
      kineticsPlanMs: time(() => makePlan(kinetics)),
      plan100kEpochsMs: time(() => makePlan(long)),
      locateLastIterationMs: time(() =>
        learningRate(kinetics, plan, locate(plan, kineticsClips, last).fractionalEpoch),
      ),
    }),
  )
}

function time(act: () => unknown): number {
  for (let i = 0; i < 20; i++) act()
  const milliseconds: number[] = []
  for (let i = 0; i < 51; i++) {
    const began = performance.now()
    act()
    milliseconds.push(performance.now() - began)
  }
  return Number(median(milliseconds).toPrecision(3))
}

main()
