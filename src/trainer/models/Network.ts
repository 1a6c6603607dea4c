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
import { byLayer, sideBySide, Statistics } from './Statistics'
import type { GroupStatistics } from '../backends/Kernels'
import type { NetworkSettings } from '../../network/settings'

export interface TrainingMode {
  /** Laid out as `Network.parameters.flat`. */
  readonly parameters: Tensor1D
  /** Groups of neighbouring clips that are normalised apart; divides the clips. */
  readonly groups: number
  /** See `Network.dropoutMask`; without it nothing is dropped. */
  readonly mask?: Tensor2D | undefined
}

export interface TrainingPass {
  /** Clips × classes. */
  readonly logits: Tensor2D
  /** Of the batch, a row for each group. */
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

  /** Logits with running statistics, in one row, and nothing dropped. */
  evaluate(
    clips: Tensor5D,
    { parameters, statistics }: { parameters: Tensor1D; statistics: GroupStatistics },
  ): Tensor2D {
    const run = this.run(parameters, {
      training: false,
      groups: 1,
      running: byLayer(this.statistics.layers, statistics),
    })
    return tf.tidy(() => this.head.forward(this.backbone.forward(clips, run).outs, run).logits)
  }

  train(clips: Tensor5D, { parameters, groups, mask }: TrainingMode): TrainingPass {
    const run = this.run(parameters, { training: true, groups, running: [] })
    const body = this.backbone.forward(clips, run)
    const top = this.head.forward(body.outs, run, mask)
    return {
      logits: top.logits,
      statistics: sideBySide(run.batch),
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

  private run(parameters: Tensor1D, mode: Pick<Run, 'training' | 'groups' | 'running'>): Run {
    const pieces = this.parameters.cut(parameters)
    return { ...mode, batch: [], parameters: pieces, gradients: new Array<undefined>(pieces.length) }
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
