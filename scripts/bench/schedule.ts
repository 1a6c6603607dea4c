import { decodeConfig } from '../../src/config/parse'
import { learningRate } from '../../src/schedule/learningRate'
import { plannedView } from '../../src/run/plannedView'
import { locate, totalIterations } from '../../src/schedule/iterations'
import { makePlan } from '../../src/schedule/plan'
import { median } from './median'

const kineticsClips = 240_000

/**
 * Prints milliseconds: the Kinetics plan, one of 100,000 epochs, a late iteration's place and rate, and the preview of a
 * keystroke in each, from the text to the message as it travels.
 */
function main(): void {
  const kinetics = decodeConfig({
    data: { train: 'none', frames: 32, stride: 2, crop: 224 },
    train: { batch: 64, epochs: 239 },
  })
  const text = JSON.stringify(
    { data: { train: 'none', frames: 32, stride: 2, crop: 224 }, train: { batch: 64, epochs: 239 } },
    null,
    2,
  )
  const long = decodeConfig({ data: { train: 'none' }, train: { epochs: 100_000 } })
  const plan = makePlan(kinetics)
  const last = totalIterations(plan, kineticsClips) - 1
  process.stdout.write(
    JSON.stringify({
      kineticsPlanMs: time(() => makePlan(kinetics)),
      plan100kEpochsMs: time(() => makePlan(long)),
      previewKeystrokeMs: time(() => preview(text)),
      previewKeystroke100kEpochsMs: time(() => preview(text.replace('"epochs": 239', '"epochs": 100000'))),
      locateLastIterationMs: time(() =>
        learningRate(kinetics, plan, locate(plan, kineticsClips, last).fractionalEpoch),
      ),
    }),
  )
}

function preview(text: string): string {
  const knows = () => ({ clips: kineticsClips, seconds: () => 0.5 })
  return JSON.stringify(plannedView('kinetics.multigrid.json', text, knows))
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
