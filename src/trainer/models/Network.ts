import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D, Tensor2D, Tensor5D } from '@tensorflow/tfjs-core'
import { backbone } from './backbone'
import type { Backbone } from './backbone'
import { replaceGroups } from './batchNorm'
import { Blueprint } from './Blueprint'
import type { BatchNormState } from './Blueprint'
import { head } from './head'
import type { Head } from './head'
import type { Run } from './Layer'
import { Parameters } from './Parameters'
import { mixSeeds } from './random'
import type { NetworkSettings } from '../../network/settings'

export interface TrainingMode {
  /** Groups of neighbouring clips, each with batch normalisation statistics of its own; divides the batch. */
  readonly splits: number
  /** What dropout draws from; without it nothing is dropped. */
  readonly dropoutSeed?: readonly [seed: number, iteration: number]
}

export interface TrainingPass {
  /** Clips × classes. */
  readonly logits: Tensor2D
  /** The gradient of the logits (taken over) to that of all parameters, laid out as `parameters.flat`. */
  back(logitsGradient: Tensor2D): Tensor1D
}

/** A video classifier; its clips are N × T × H × W × 3, normalised. Call it within `tf.tidy`. */
export class Network {
  readonly parameters: Parameters
  readonly batchNorms: readonly BatchNormState[]
  private readonly backbone: Backbone
  private readonly head: Head

  constructor(
    readonly settings: NetworkSettings,
    readonly classes: number,
    seed: number,
  ) {
    const blueprint = new Blueprint()
    this.backbone = backbone(blueprint, settings)
    this.head = head(blueprint, this.backbone.channels, classes)
    this.parameters = new Parameters(blueprint.parameters, seed)
    this.batchNorms = blueprint.batchNorms
    for (const state of this.batchNorms) {
      replaceGroups(state, [{ mean: tf.zeros([state.channels]), variance: tf.ones([state.channels]) }])
    }
  }

  /** Logits with the running statistics, nothing dropped. */
  evaluate(clips: Tensor5D): Tensor2D {
    const run = this.run({ training: false, splits: 1 })
    return tf.tidy(() => this.head.forward(this.backbone.forward(clips, run).outs, run).logits)
  }

  /** Moves the running statistics; the parameters stay as they are. */
  train(clips: Tensor5D, { splits, dropoutSeed }: TrainingMode): TrainingPass {
    const run = this.run({ training: true, splits })
    const body = this.backbone.forward(clips, run)
    const dropout = dropoutSeed && { rate: this.settings.dropout, seed: mixSeeds(...dropoutSeed) }
    const top = this.head.forward(body.outs, run, dropout)
    return {
      logits: top.logits,
      back: (logitsGradient) => {
        body.back(top.back(logitsGradient))
        return this.parameters.flatten(run.gradients as Tensor[])
      },
    }
  }

  dispose(): void {
    this.parameters.dispose()
    for (const state of this.batchNorms) replaceGroups(state, [])
  }

  private run({ training, splits }: { training: boolean; splits: number }): Run {
    const parameters = this.parameters.tensors
    return { training, splits, parameters, gradients: new Array<undefined>(parameters.length) }
  }
}

/** A network with its first values drawn from the seed, on the current backend. */
export function createNetwork(
  settings: NetworkSettings,
  classes: number,
  { seed }: { seed: number },
): Network {
  return new Network(settings, classes, seed)
}
