/** What an install does, in order; which of it is needed depends on the machine. */
export type InstallStage = 'packages' | 'download' | 'build' | 'cuda' | 'try'

/** Of the files that a stage fetches: which one comes now, counted from 1, and its bytes. */
export interface Fetched {
  readonly file: number
  readonly files: number
  readonly done: number
  readonly total: number
}

export interface InstallProgress {
  /** Counted from 1. */
  readonly step: number
  readonly steps: number
  /** 0..1 of the whole by steps, and by bytes within one that fetches; it never goes back. */
  readonly share: number
  readonly fetched?: Fetched
}

/** Counts the stages of an install. */
export class InstallSteps {
  private stages: readonly InstallStage[] = ['packages']
  private furthest = 0

  constructor(private readonly tell: (progress: InstallProgress) => void) {}

  plan(stages: readonly InstallStage[]): void {
    this.stages = stages
  }

  /** A stage that was begun already, because another way is tried, is begun again: the step says so, the share stays. */
  at(stage: InstallStage, fetched?: Fetched): void {
    const index = Math.max(0, this.stages.indexOf(stage))
    const part = fetched ? (fetched.file - 1 + ratio(fetched)) / Math.max(fetched.files, fetched.file) : 0
    this.furthest = Math.max(this.furthest, (index + part) / this.stages.length)
    this.tell({
      step: index + 1,
      steps: this.stages.length,
      share: this.furthest,
      ...(fetched && { fetched }),
    })
  }
}

function ratio({ done, total }: Fetched): number {
  return total > 0 ? Math.min(1, done / total) : 0
}
