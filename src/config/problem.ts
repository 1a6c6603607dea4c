/** What is wrong with a schedule file, and where; `path` is the key (`train.steps[2]`, empty for the file), line and column count from 1. */
export interface Problem {
  readonly path: string
  readonly line: number
  readonly column: number
  readonly message: string
  readonly severity: 'error' | 'warning'
}
