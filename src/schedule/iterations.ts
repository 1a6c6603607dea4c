import { HumanError } from '../HumanError'
import { lastAtOrBelow } from './lastAtOrBelow'
import type { Plan } from './phase'
import type { Shape } from './shortCycle'

/** Where in the plan an iteration is; epochs and phases count from 0. */
export interface Position {
  readonly phase: number
  readonly epoch: number
  readonly iterationInEpoch: number
  readonly shape: Shape
  /** `epoch` plus the share of its iterations that come before this one. */
  readonly fractionalEpoch: number
}

/** Iterations of one epoch over `clips` clips: batches follow the shapes in turn, and a last batch that does not fill is dropped. */
export function iterationsPerEpoch(shapes: readonly Shape[], clips: number): number {
  const cycle = clipsPerCycle(shapes)
  let iterations = Math.floor(clips / cycle) * shapes.length
  let left = clips % cycle
  for (const { batch } of shapes) {
    if (batch > left) break
    left -= batch
    iterations++
  }
  return iterations
}

/** The shape of an iteration, and where its batch starts in the epoch's order of clips. */
export function batchAt(shapes: readonly Shape[], iterationInEpoch: number): { shape: Shape; start: number } {
  const index = iterationInEpoch % shapes.length
  const cycles = (iterationInEpoch - index) / shapes.length
  const before = shapes.slice(0, index).reduce((sum, { batch }) => sum + batch, 0)
  return { shape: shapes[index]!, start: cycles * clipsPerCycle(shapes) + before }
}

/** Clips of an epoch over several devices: each sees equally many, so that a few are seen twice, as in the reference. */
export function clipsSeen(clips: number, devices: number): number {
  return Math.ceil(clips / devices) * devices
}

/** Iterations that train in all epochs of the plan. */
export function totalIterations(plan: Plan, clips: number): number {
  return phaseIterations(plan, clips).at(-1)!
}

/** The position of an iteration of the plan, from 0 to the one before `totalIterations`, in O(log phases). */
export function locate(plan: Plan, clips: number, iteration: number): Position {
  const starts = phaseIterations(plan, clips)
  if (!(iteration >= 0 && iteration < starts.at(-1)!)) {
    throw new RangeError(`Iteration ${iteration} is not one of the ${starts.at(-1)!} of this plan.`)
  }
  const phase = lastAtOrBelow(plan.phases.length, (index) => starts[index]!, iteration)
  const { startEpoch, shapes } = plan.phases[phase]!
  const perEpoch = iterationsPerEpoch(shapes, clips)
  const within = iteration - starts[phase]!
  const iterationInEpoch = within % perEpoch
  const epoch = startEpoch + (within - iterationInEpoch) / perEpoch
  return {
    phase,
    epoch,
    iterationInEpoch,
    shape: shapes[iterationInEpoch % shapes.length]!,
    fractionalEpoch: epoch + iterationInEpoch / perEpoch,
  }
}

/** Fewest clips with which every epoch has a step: the greatest batch that an epoch begins with. */
export function fewestClips(plan: Plan): number {
  return Math.max(...plan.phases.map(({ shapes }) => shapes[0]!.batch))
}

/** Refuses a data set with which an epoch would have no step. */
export function checkClips(plan: Plan, clips: number): void {
  const fewest = fewestClips(plan)
  if (clips >= fewest) return
  const phase = plan.phases.find(({ shapes }) => shapes[0]!.batch > clips)!
  throw new HumanError(
    `The data set has ${clips} training clips, but epochs ${phase.startEpoch} to ${phase.endEpoch - 1} begin with a batch of ` +
      `${phase.shapes[0]!.batch}: they would have no step. Use at least ${fewest} clips, or a smaller train.batch.`,
  )
}

const starts = new WeakMap<Plan, { readonly clips: number; readonly starts: readonly number[] }>()

/** First iteration of each phase, and the count of all; kept for the plan's last number of clips. */
function phaseIterations(plan: Plan, clips: number): readonly number[] {
  const known = starts.get(plan)
  if (known?.clips === clips) return known.starts
  const counted = [0]
  for (const { startEpoch, endEpoch, shapes } of plan.phases) {
    counted.push(counted.at(-1)! + (endEpoch - startEpoch) * iterationsPerEpoch(shapes, clips))
  }
  starts.set(plan, { clips, starts: counted })
  return counted
}

function clipsPerCycle(shapes: readonly Shape[]): number {
  return shapes.reduce((sum, { batch }) => sum + batch, 0)
}
