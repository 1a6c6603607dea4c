import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D, Tensor2D, Tensor5D } from '@tensorflow/tfjs-core'
import { backbone } from './backbone'
import type { Backbone } from './backbone'
import { dropStatistics, keepStatistics, replaceGroups } from './batchNorm'
import { Blueprint } from './Blueprint'
import type { BatchNormState } from './Blueprint'
import { head } from './head'
import type { Head } from './head'
import type { Run } from './Layer'
import { Parameters } from './Parameters'
import { mixSeeds } from './random'
import type { NetworkSettings } from '../../network/settings'

/** The momentum that batch normalisation of the reference has, in PyTorch's sense: the batch's share. */
const momentum = 0.1

export interface TrainingMode {
  /** Groups of neighbouring clips, each with batch normalisation statistics of its own; divides the batch. */
  readonly splits: number
  /** Where the clips are only a part of their batch: its groups from `first` on, of `of`, of which `splits` are here. */
  readonly part?: { readonly first: number; readonly of: number }
  /** What dropout draws from; without it nothing is dropped. `firstClip` is the place in the batch of the first clip here. */
  readonly dropout?: { readonly seed: number; readonly iteration: number; readonly firstClip: number }
  /** Share of the batch in the moved running statistics; the reference's 0.1 if left out. */
  readonly momentum?: number
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
    const run = this.run({ training: false, groups: { first: 0, count: 1, of: 1 }, momentum: 0 })
    return tf.tidy(() => this.head.forward(this.backbone.forward(clips, run).outs, run).logits)
  }

  /** The parameters stay as they are; how the running statistics move takes effect with `keepStatistics`. */
  train(clips: Tensor5D, { splits, part, dropout, momentum: share = momentum }: TrainingMode): TrainingPass {
    const groups = { count: splits, ...(part ?? { first: 0, of: splits }) }
    const run = this.run({ training: true, groups, momentum: share })
    const body = this.backbone.forward(clips, run)
    const top = this.head.forward(
      body.outs,
      run,
      dropout && {
        rate: this.settings.dropout,
        seed: mixSeeds(dropout.seed, dropout.iteration),
        firstClip: dropout.firstClip,
      },
    )
    return {
      logits: top.logits,
      back: (logitsGradient) => {
        body.back(top.back(logitsGradient))
        return this.parameters.flatten(run.gradients as Tensor[])
      },
    }
  }

  /** The running statistics become those that the training passes since the last call have moved them to. */
  keepStatistics(): void {
    this.batchNorms.forEach(keepStatistics)
  }

  /** Forgets what the training passes since then did to the running statistics. Harmless when repeated. */
  dropStatistics(): void {
    this.batchNorms.forEach(dropStatistics)
  }

  dispose(): void {
    this.parameters.dispose()
    this.dropStatistics()
    for (const state of this.batchNorms) replaceGroups(state, [])
  }

  private run(mode: Pick<Run, 'training' | 'groups' | 'momentum'>): Run {
    const parameters = this.parameters.tensors
    return { ...mode, parameters, gradients: new Array<undefined>(parameters.length) }
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
