import type { Config, FilledFile } from './schema'

/** The Kinetics recipe of the paper, from which defaults are taken in proportion. */
const recipe = {
  epochs: 239,
  steps: [0, 94, 154, 196],
  warmup: 34,
  batch: 64,
  learningRate: 0.1,
  crop: 224,
  jitter: [256, 320],
} as const

/** Fills in the defaults that follow from other keys. `name` stands in for one that the file does not give. */
export function fillDefaults(file: FilledFile, name: string): Config {
  const { data, model, train, multigrid, engine } = file
  const learningRate = train.learningRate ?? (recipe.learningRate * train.batch) / recipe.batch
  return {
    name: file.name ?? name,
    data: { ...data, jitter: data.jitter ?? proportionalJitter(data.crop) },
    model,
    train: {
      ...train,
      steps: train.steps ?? proportionalSteps(train.epochs),
      learningRate,
      warmup: train.warmup ?? {
        epochs: Math.round((train.epochs * recipe.warmup) / recipe.epochs),
        from: learningRate / 10,
      },
    },
    multigrid,
    engine,
  }
}

export function proportionalJitter(crop: number): [number, number] {
  const [min, max] = recipe.jitter
  return [Math.round((min * crop) / recipe.crop), Math.round((max * crop) / recipe.crop)]
}

/** Stages that a short training has no epoch for are left out. */
export function proportionalSteps(epochs: number): number[] {
  const steps = recipe.steps.map((step) => Math.round((step * epochs) / recipe.epochs))
  return steps.filter((step, index) => index === 0 || (step > steps[index - 1]! && step < epochs))
}
