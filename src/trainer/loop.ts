import type { EpochRow, Phase, Plan, Shape } from '../schedule/plan'
import { locate, totalIterations } from '../schedule/iterations'
import type { Position } from '../schedule/iterations'
import type { StepShape } from '../protocol/events'
import { EvaluationTally } from './EvaluationTally'
import type { EvaluationResult } from './EvaluationTally'
import type { Loss } from './Loss'

/** A batch as the loop sees it: what it is, not how it was made. */
export interface Batch {
  readonly shape: { readonly batch: number; readonly frames: number; readonly size: number }
  readonly stride: number
  readonly labels: readonly (readonly number[])[]
  /** Index of each clip, and of the one that was asked for and could not be read where they differ. */
  readonly clips: readonly number[]
  readonly asked: readonly number[]
}

/** Batches in the order of the iterations from the loop's start on. */
export interface BatchSource<B extends Batch> {
  next(): Promise<{ readonly batch: B; readonly waitSeconds: number }>
  /** Of each validation video, how many clips `evaluation` has. */
  readonly views: number
  /** Clips of the validation videos at the full shape; each call starts anew. */
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
  /** What the network is trained by, and how many classes it tells apart. */
  readonly loss: Loss
  readonly classes: number
  /** Logits of each clip. */
  evaluate(batch: B): Promise<readonly Float32Array[]>
}

export interface Recalibration<B extends Batch> {
  observe(batch: B): Promise<void>
  take(): void
}

export interface StepResult {
  /** Mean over the batch; not finite when the update was skipped for that reason. */
  readonly loss: number
  /** Share of the batch, 0..1. */
  readonly top1: number
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
      readonly result: EvaluationResult
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
  const { loss, classes, k } = learner
  const tally = new EvaluationTally({ loss, classes, k, views: batches.views })
  for await (const batch of batches.evaluation()) {
    const logits = await learner.evaluate(batch)
    batch.asked.forEach((video, place) => {
      // What took the place of an unreadable video has, or gets, a turn of its own.
      if (batch.clips[place] === video) tally.add(video, logits[place]!, batch.labels[place]!)
      else tally.miss(video)
    })
    yield { kind: 'evaluating', clips: tally.videos }
  }
  const result = tally.result()
  if (result)
    yield {
      kind: 'evaluation',
      iteration,
      epoch: epoch + 1,
      result,
      k,
      seconds: (now() - began) / 1000,
    }
}
