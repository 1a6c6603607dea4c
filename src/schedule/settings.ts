/** How batch normalisation keeps the size of its sample while the batch grows: one sample per device, several, or one over devices. */
export type Norm =
  | { readonly kind: 'plain' }
  | { readonly kind: 'split'; readonly splits: number }
  | { readonly kind: 'sync'; readonly devices: number }

/** What the arithmetic needs of a schedule file; a decoded config is one. */
export interface ScheduleSettings {
  readonly data: {
    /** Frames of a clip at the full shape, and how many video frames apart they are. */
    readonly frames: number
    readonly stride: number
    /** Side of the square crop in pixels, and the range of the short side that it is cut from. */
    readonly crop: number
    readonly jitter: readonly [min: number, max: number]
  }
  /** Normalisation until a long cycle first leaves the full shape; plain where not given. */
  readonly model?: { readonly norm?: Norm | undefined }
  readonly train: {
    /** Clips per step at the full shape, over all devices. */
    readonly batch: number
    /** Epochs and first epochs of the learning-rate stages, as a training without multigrid would have them. */
    readonly epochs: number
    readonly steps: readonly number[]
    readonly gamma: number
    /** Rate of each stage as a share of the base rate, one for each of `steps`; powers of gamma where not given. */
    readonly rates?: readonly number[] | undefined
    readonly policy: 'steps' | 'cosine'
    readonly learningRate: number
    readonly warmup: { readonly epochs: number; readonly from: number }
    /** Cosine: the rate that it ends with, 0 where not given, and whether it begins where the warm-up ends. */
    readonly finalLearningRate?: number | undefined
    readonly cosineAfterWarmup?: boolean | undefined
    /** Epochs between evaluations where there is no long cycle. */
    readonly evaluateEvery: number
  }
  readonly multigrid: {
    readonly longCycle: boolean
    readonly shortCycle: boolean
    readonly epochFactor: number
    /** [frames, size] of each long-cycle shape as shares of the full shape, in the order they are trained. */
    readonly longCycleFactors: readonly (readonly [frames: number, size: number])[]
    /** Crops of the first iterations of a short cycle as shares of the full crop; its last iteration has the long shape's own. */
    readonly shortCycleFactors: readonly number[]
    /** Clips that one batch-normalisation statistic is taken over. */
    readonly bnBase: number
    readonly evaluationsPerShape: number
  }
  readonly engine: { readonly devices: number }
}
