export interface BenchArguments {
  readonly chosen: readonly string[]
  readonly quick: boolean
  readonly stock: boolean
  /** The Python that has PyTorch. */
  readonly torch?: string
  readonly seeds: string
  readonly epochs: string
  readonly variants?: string
}

export const parts: readonly string[]

/** What `npm run bench` is asked to measure, and how; throws an error that a person can read. */
export function benchArguments(args: readonly string[]): BenchArguments
