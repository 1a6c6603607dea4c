import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D, Tensor2D, Tensor5D } from '@tensorflow/tfjs-core'
import { backbone } from './backbone'
import type { Backbone } from './backbone'
import { Blueprint } from './Blueprint'
import { dropoutMask, head } from './head'
import type { Head } from './head'
import type { Run } from './Layer'
import { Parameters } from './Parameters'
import { Programs } from './Programs'
import { mixSeeds } from './random'
import { apart, Statistics, together } from './Statistics'
import type { GroupStatistics } from './Statistics'
import type { NetworkSettings } from '../../network/settings'

/** The momentum that batch normalisation of the reference has, in PyTorch's sense: the batch's share. */
export const referenceMomentum = 0.1

/** The tensors that a pass computes with; they stay as they are. */
export interface Weights {
  /** Laid out as `Network.parameters.flat`. */
  readonly parameters: Tensor1D
  /** A row for each group of neighbouring clips, as many as divide the batch; one row in evaluation. */
  readonly statistics: GroupStatistics
}

export interface TrainingMode extends Weights {
  /** Share of the batch in the moved running statistics. */
  readonly momentum: number
  /** See `Network.dropoutMask`; without it nothing is dropped. */
  readonly mask?: Tensor2D | undefined
}

export interface TrainingPass {
  /** Clips × classes. */
  readonly logits: Tensor2D
  /** The running statistics as this batch moves them. */
  readonly statistics: GroupStatistics
  /** The gradient of the logits (taken over) to that of all parameters, laid out as `parameters.flat`. */
  back(logitsGradient: Tensor2D): Tensor1D
}

/**
 * A video classifier; its clips are N × T × H × W × 3, normalised. Passes are functions of the tensors they are given,
 * to be called within `tf.tidy`; what the network holds are the weights to give and the programs made of passes.
 */
export class Network {
  readonly parameters: Parameters
  readonly statistics: Statistics
  readonly programs = new Programs()
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
    this.statistics = new Statistics(blueprint.normalisations)
  }

  /** Logits with the running statistics, nothing dropped. */
  evaluate(clips: Tensor5D, weights: Weights): Tensor2D {
    const run = this.run(weights, { training: false, momentum: 0 })
    return tf.tidy(() => this.head.forward(this.backbone.forward(clips, run).outs, run).logits)
  }

  train(clips: Tensor5D, { momentum, mask, ...weights }: TrainingMode): TrainingPass {
    const run = this.run(weights, { training: true, momentum })
    const body = this.backbone.forward(clips, run)
    const top = this.head.forward(body.outs, run, mask)
    return {
      logits: top.logits,
      statistics: together(run.moved),
      back: (logitsGradient) => {
        body.back(top.back(logitsGradient))
        return this.parameters.flatten(run.gradients as Tensor[])
      },
    }
  }

  /**
   * Clips × features, drawn from the seed and the iteration; `firstClip` is the place in the batch of the first clip.
   * Undefined where nothing is dropped.
   */
  dropoutMask(
    clips: number,
    { seed, iteration, firstClip }: { seed: number; iteration: number; firstClip: number },
  ): Tensor2D | undefined {
    const { dropout: rate } = this.settings
    if (rate === 0) return undefined
    return dropoutMask(clips, this.head.features, { rate, seed: mixSeeds(seed, iteration), firstClip })
  }

  dispose(): void {
    this.parameters.dispose()
    this.statistics.dispose()
    this.programs.dispose()
  }

  private run({ parameters, statistics }: Weights, mode: Pick<Run, 'training' | 'momentum'>): Run {
    const pieces = this.parameters.cut(parameters)
    return {
      ...mode,
      statistics: apart(this.statistics.layers, statistics),
      moved: [],
      parameters: pieces,
      gradients: new Array<undefined>(pieces.length),
    }
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
