import { meanAveragePrecision } from './averagePrecision'
import type { JudgedClip } from './averagePrecision'
import { lossOfLogits, lossOfScores, scoresOf } from './Loss'
import type { Loss } from './Loss'
import { rankOf } from './rankOf'

/** What a network says of the validation videos, each counted once. */
export interface EvaluationResult {
  readonly clips: number
  /** Videos that were to be judged and could not be read. */
  readonly unreadable: number
  /** Mean over the videos. */
  readonly loss: number
  /** Shares of the videos, 0..1: those with a class of theirs first, and among the first k. */
  readonly top1: number
  readonly topK: number
  /** Mean average precision, 0..1: where a clip may be of several classes, and some is of one. */
  readonly map?: number
}

interface Open {
  readonly labels: readonly number[]
  /** Of the first view. */
  readonly logits: ArrayLike<number>
  readonly scores: Float64Array
  views: number
}

/** Takes in what a network says of each view of each video; a video's scores are the mean over its views. */
export class EvaluationTally {
  private readonly open = new Map<number, Open>()
  private readonly asked = new Set<number>()
  /** Of multi-label videos alone: precision needs them side by side. */
  private readonly judged: JudgedClip[] = []
  private clips = 0
  private loss = 0
  private top1 = 0
  private topK = 0

  constructor(
    private readonly options: {
      readonly loss: Loss
      readonly classes: number
      readonly k: number
      readonly views: number
    },
  ) {}

  /** Videos of which something was heard, or is to be known that it could not be. */
  get videos(): number {
    return this.asked.size
  }

  add(video: number, logits: ArrayLike<number>, labels: readonly number[]): void {
    this.asked.add(video)
    const scores = scoresOf(this.options.loss, logits)
    const own = this.open.get(video)
    if (own) {
      own.views++
      scores.forEach((score, label) => (own.scores[label]! += score))
    }
    const one = own ?? { labels, logits, scores, views: 1 }
    this.open.set(video, one)
    if (one.views === this.options.views) this.close(video, one)
  }

  /** A view that could not be read; the video is judged by the others, if there are any. */
  miss(video: number): void {
    this.asked.add(video)
  }

  /** Undefined where no video could be read. */
  result(): EvaluationResult | undefined {
    for (const [video, one] of this.open) this.close(video, one)
    const { clips, judged, options } = this
    if (clips === 0) return undefined
    const map =
      options.loss === 'binary-cross-entropy' ? meanAveragePrecision(judged, options.classes) : undefined
    return {
      clips,
      unreadable: this.asked.size - clips,
      loss: this.loss / clips,
      top1: this.top1 / clips,
      topK: this.topK / clips,
      ...(map !== undefined && { map }),
    }
  }

  private close(video: number, { labels, logits, scores, views }: Open): void {
    const { loss, k } = this.options
    this.open.delete(video)
    this.clips++
    const mean = scores.map((score) => score / views)
    // Of one view, logits say the same with nothing lost.
    this.loss += views === 1 ? lossOfLogits(loss, logits, labels) : lossOfScores(loss, mean, labels)
    const rank = rankOf(views === 1 ? logits : mean, labels)
    if (rank < 1) this.top1++
    if (rank < k) this.topK++
    if (loss === 'binary-cross-entropy') this.judged.push({ scores: mean, labels })
  }
}
