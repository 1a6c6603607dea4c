import type { Config } from '../config/schema'

/** Keys of the schedule file and what they become. */
export type RateChange = readonly { readonly path: readonly string[]; readonly value: number }[]

/** Learning rate × factor from now on; where the warm-up is still to end, so that it begins as much lower or higher. */
export function scaleRate(
  { train }: Pick<Config, 'train'>,
  factor: number,
  epoch: number,
): { train: Config['train']; changes: RateChange } {
  const learningRate = six(train.learningRate * factor)
  const warmup =
    epoch < train.warmup.epochs ? { ...train.warmup, from: six(train.warmup.from * factor) } : train.warmup
  const final = train.finalLearningRate === undefined ? undefined : six(train.finalLearningRate * factor)
  return {
    train: { ...train, learningRate, warmup, ...(final !== undefined && { finalLearningRate: final }) },
    changes: [
      { path: ['train', 'learningRate'], value: learningRate },
      ...(final ? [{ path: ['train', 'finalLearningRate'], value: final }] : []),
      ...(warmup === train.warmup ? [] : [{ path: ['train', 'warmup', 'from'], value: warmup.from }]),
    ],
  }
}

/** A factor as a person types it: `0.5`, `× 0.5`, `1/10`, `50 %`. Undefined for what is none, or not above 0. */
export function readFactor(text: string): number | undefined {
  const [, up, down, percent] =
    /^\s*(?:[×x*]\s*)?(\d*\.?\d+(?:e-?\d+)?)\s*(?:\/\s*(\d*\.?\d+)|(%))?\s*$/i.exec(text) ?? []
  if (up === undefined) return undefined
  const factor = Number(up) / Number(down ?? (percent ? 100 : 1))
  return Number.isFinite(factor) && factor > 0 ? factor : undefined
}

function six(value: number): number {
  return Number(value.toPrecision(6))
}
