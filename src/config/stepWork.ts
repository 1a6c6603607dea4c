import { flops } from '../network/flops'
import type { StepCost } from '../schedule/work'
import type { Config } from './schema'

/** Forward, gradient of the input, gradient of the filters: each costs about what the forward pass does. */
const passes = 3
/** The classifier is a thousandth of the work at most, so their number hardly matters. */
const classes = 100

/** Multiply-adds of a training step of the config's network, by the shape of its clips. */
export function stepWork({ model }: Pick<Config, 'model'>): StepCost {
  const known = new Map<string, number>()
  return ({ batch, frames, size }) => {
    const key = `${frames}x${size}`
    let clip = known.get(key)
    if (clip === undefined) {
      clip = passes * flops(model, classes, { frames, size })
      known.set(key, clip)
    }
    return batch * clip
  }
}
