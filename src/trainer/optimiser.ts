import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D } from '@tensorflow/tfjs-core'
import type { Parameters } from './models/Parameters'
import { flatParameters, parameterTensors } from './models/stateDict'
import type { StateDict } from './models/stateDict'
import type { NamedTensor } from './safetensors'

export interface OptimiserSettings {
  /** 0 to below 1. */
  readonly momentum: number
  readonly nesterov: boolean
  /** Added to the gradient as weightDecay × weight; batch normalisation has none, as in the reference. */
  readonly weightDecay: number
  /** Biases have none either. */
  readonly noBiasDecay: boolean
}

/** Stochastic gradient descent as PyTorch defines it: v ← momentum·v + g, step by lr·v, or lr·(g + momentum·v) for Nesterov. */
export class Optimiser {
  private velocity: Tensor1D
  /** Weight decay of each value. */
  private decay: Tensor1D

  constructor(
    private readonly parameters: Parameters,
    private settings: OptimiserSettings,
  ) {
    this.decay = decayOf(parameters, settings)
    this.velocity = tf.keep(tf.zeros<tf.Rank.R1>([parameters.count]))
  }

  /** From the next step on by other settings; the momentum goes on. */
  take(settings: OptimiserSettings): void {
    this.settings = settings
    this.decay.dispose()
    this.decay = decayOf(this.parameters, settings)
  }

  /** Moves the parameters by a gradient laid out as theirs, which is disposed of. */
  step(gradient: Tensor1D, lr: number): void {
    const { momentum, nesterov } = this.settings
    const [values, velocity] = tf.tidy(() => {
      const { flat } = this.parameters
      const decayed = tf.add<Tensor1D>(gradient, tf.mul(this.decay, flat))
      const moved = momentum === 0 ? decayed : tf.add<Tensor1D>(tf.mul(this.velocity, momentum), decayed)
      const direction = nesterov ? tf.add<Tensor1D>(decayed, tf.mul(moved, momentum)) : moved
      return [tf.sub<Tensor1D>(flat, tf.mul(direction, lr)), moved]
    })
    tf.dispose([gradient, this.velocity])
    this.velocity = tf.keep(velocity)
    this.parameters.assign(values)
  }

  /** The momentum of each parameter, by its name and in PyTorch's layout. */
  export(): Map<string, NamedTensor> {
    return parameterTensors(this.parameters.specs, this.velocity.dataSync() as Float32Array)
  }

  /** The inverse of `export`: needs a tensor for each parameter, of its shape. */
  import(state: StateDict): void {
    const velocity = tf.tensor1d(flatParameters(this.parameters.specs, state))
    this.velocity.dispose()
    this.velocity = tf.keep(velocity)
  }

  dispose(): void {
    tf.dispose([this.velocity, this.decay])
  }
}

function decayOf(parameters: Parameters, { weightDecay, noBiasDecay }: OptimiserSettings): Tensor1D {
  const decays = new Float32Array(parameters.count)
  let at = 0
  parameters.specs.forEach(({ role }, i) => {
    const end = at + parameters.lengths[i]!
    if (role === 'weight' || (role === 'bias' && !noBiasDecay)) decays.fill(weightDecay, at, end)
    at = end
  })
  return tf.keep(tf.tensor1d(decays))
}
