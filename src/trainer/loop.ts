import type { EpochRow, Phase, Plan, Shape } from '../schedule/plan'
import { locate, totalIterations } from '../schedule/iterations'
import type { Position } from '../schedule/iterations'
import type { StepShape } from '../protocol/events'

/** A batch as the loop sees it: what it is, not how it was made. */
export interface Batch {
  readonly shape: { readonly batch: number; readonly frames: number; readonly size: number }
  readonly stride: number
}

/** Batches in the order of the iterations from the loop's start on. */
export interface BatchSource<B extends Batch> {
  next(): Promise<{ readonly batch: B; readonly waitSeconds: number }>
  /** Validation clips at the full shape, in order; each call starts anew. */
  evaluation(): AsyncIterable<B>
  /** Training batches of an epoch at the largest shape of its phase, as many as precise statistics want. */
  recalibration(at: { epoch: number; phase: Phase }): AsyncIterable<B>
}

/** The network and its optimiser, as far as the loop drives them. */
export interface Learner<B extends Batch> {
  step(batch: B, at: { lr: number; iteration: number; phase: Phase }): Promise<StepResult>
  /** k of "top-5": min(5, classes). */
  readonly k: number
  /** Statistics of batch normalisation of the weights of now, which take the place of the running ones once taken. */
  recalibration(phase: Phase): Recalibration<B>
  /** Sums over the batch. */
  evaluate(batch: B): Promise<EvaluationSums>
}

export interface Recalibration<B extends Batch> {
  observe(batch: B): Promise<void>
  take(): void
}

export interface StepResult {
  /** Mean cross-entropy; not finite when the update was skipped for that reason. */
  readonly loss: number
  /** Share of the batch, 0..1. */
  readonly top1: number
}

export interface EvaluationSums {
  readonly clips: number
  readonly loss: number
  readonly top1: number
  readonly topK: number
}

export interface StepFact {
  readonly kind: 'step'
  readonly iteration: number
  readonly position: Position
  readonly planned: Shape
  readonly shape: StepShape
  readonly lr: number
  readonly loss: number
  readonly top1: number
  readonly seconds: { readonly data: number; readonly compute: number }
}

export type Fact =
  | StepFact
  | { readonly kind: 'evaluating'; readonly clips: number }
  | {
      readonly kind: 'evaluation'
      readonly iteration: number
      readonly epoch: number
      readonly sums: EvaluationSums
      readonly k: number
      readonly seconds: number
    }
  /** `epoch` has ended; `iteration` is the first of the next one. */
  | { readonly kind: 'epoch'; readonly epoch: number; readonly iteration: number }

export interface LoopOptions<B extends Batch> {
  readonly plan: Plan
  readonly rows: readonly EpochRow[]
  readonly rate: (epoch: number) => number
  /** Training clips, of which an epoch is a permutation. */
  readonly clips: number
  /** First iteration to train, and how many more iterations were done than this plan would have at that epoch. */
  readonly start: number
  readonly offset: number
  readonly batches: BatchSource<B>
  readonly learner: Learner<B>
  readonly now: () => number
}

/** Trains from `start` to the end of the plan, one fact at a time: not asking for the next one is a pause. */
export async function* trainingLoop<B extends Batch>(options: LoopOptions<B>): AsyncGenerator<Fact, void> {
  const { plan, rows, clips, offset, batches, learner, now } = options
  const end = totalIterations(plan, clips) + offset
  for (let iteration = options.start; iteration < end; iteration++) {
    const position = locate(plan, clips, iteration - offset)
    const { batch, waitSeconds } = await batches.next()
    const lr = options.rate(position.fractionalEpoch)
    const began = now()
    const result = await learner.step(batch, { lr, iteration, phase: plan.phases[position.phase]! })
    yield {
      kind: 'step',
      iteration,
      position,
      planned: position.shape,
      shape: { ...batch.shape, stride: batch.stride },
      lr,
      ...result,
      seconds: { data: waitSeconds, compute: (now() - began) / 1000 },
    }
    const epochEnds =
      iteration + 1 === end || locate(plan, clips, iteration + 1 - offset).epoch !== position.epoch
    if (!epochEnds) continue
    if (rows[position.epoch]?.evaluate) yield* evaluation(options, iteration + 1, position)
    yield { kind: 'epoch', epoch: position.epoch, iteration: iteration + 1 }
  }
}

async function* evaluation<B extends Batch>(
  { plan, batches, learner, now }: LoopOptions<B>,
  iteration: number,
  { epoch, phase: index }: Position,
): AsyncGenerator<Fact, void> {
  const began = now()
  const phase = plan.phases[index]!
  const precise = learner.recalibration(phase)
  for await (const batch of batches.recalibration({ epoch, phase })) {
    await precise.observe(batch)
    yield { kind: 'evaluating', clips: 0 }
  }
  precise.take()
  let sums: EvaluationSums = { clips: 0, loss: 0, top1: 0, topK: 0 }
  for await (const batch of batches.evaluation()) {
    const one = await learner.evaluate(batch)
    sums = {
      clips: sums.clips + one.clips,
      loss: sums.loss + one.loss,
      top1: sums.top1 + one.top1,
      topK: sums.topK + one.topK,
    }
    yield { kind: 'evaluating', clips: sums.clips }
  }
  if (sums.clips > 0)
    yield {
      kind: 'evaluation',
      iteration,
      epoch: epoch + 1,
      sums,
      k: learner.k,
      seconds: (now() - began) / 1000,
    }
}
