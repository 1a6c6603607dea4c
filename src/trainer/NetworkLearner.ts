import { readFileSync } from 'node:fs'
import { HumanError } from '../HumanError'
import type { Config } from '../config/schema'
import { flops } from '../network/flops'
import type { Phase } from '../schedule/plan'
import type { PixelStatistics } from './backends/Kernels'
import type { CheckpointData } from './checkpoint'
import type { ClipBatch } from '../data/reader'
import type { Learner, Recalibration, StepResult } from './loop'
import type { Loss } from './Loss'
import type { MicroBatches } from './MicroBatches'
import { createNetwork } from './models/Network'
import type { Network } from './models/Network'
import { PreciseStatistics } from './models/PreciseStatistics'
import {
  groupStatistics,
  initialise,
  loadGroupStatistics,
  loadStateDict,
  stateDict,
} from './models/stateDict'
import type { StateDict } from './models/stateDict'
import { Optimiser } from './optimiser'
import { readSafetensors, writeSafetensors } from './safetensors'
import { splitsOf } from './splits'
import { evaluateStep, observeStatistics, rehearseStep, trainStep } from './step'

const momentumPrefix = 'momentum.'
const groupPrefix = 'groups.'

/** The network of a config with its optimiser: steps, evaluates, and is saved and restored to the last bit. */
export class NetworkLearner implements Learner<ClipBatch> {
  readonly k: number

  private constructor(
    private config: Config,
    private readonly network: Network,
    private readonly optimiser: Optimiser,
    private readonly memory: MicroBatches,
    readonly loss: Loss,
  ) {
    this.k = Math.min(5, network.classes)
  }

  /** With first values drawn from the config's seed, on the current backend. */
  static create(
    config: Config,
    { classes, loss = 'cross-entropy' }: { classes: number; loss?: Loss },
    memory: MicroBatches,
  ): NetworkLearner {
    const network = createNetwork(config.model, classes, { seed: config.train.seed })
    const optimiser = new Optimiser(network.parameters, config.train)
    return new NetworkLearner(config, network, optimiser, memory, loss)
  }

  get classes(): number {
    return this.network.classes
  }

  get parameters(): number {
    return this.network.parameters.count
  }

  get normalisationLayers(): number {
    return this.network.statistics.layers.length
  }

  /** From the next step on by an edited config of the same network: its optimisation, its pixels. */
  take(config: Config): void {
    this.config = config
    this.optimiser.take(config.train)
  }

  /** Forward FLOPs of one clip. */
  flops(frames: number, size: number): number {
    return flops(this.config.model, this.network.classes, { frames, size })
  }

  step(
    batch: ClipBatch,
    { lr, iteration, phase }: { lr: number; iteration: number; phase: Phase },
  ): Promise<StepResult> {
    const { seed } = this.config.train
    const splits = splitsOf(phase, batch.shape.batch)
    try {
      const { loss, top1, skipped } = this.memory.fit(batch.shape, splits, (parts) =>
        trainStep(this.network, this.optimiser, batch, {
          loss: this.loss,
          lr,
          splits,
          parts,
          seed,
          iteration,
          clip: this.config.train.gradientClip,
          pixels: this.pixels,
        }),
      )
      return Promise.resolve({ loss: skipped ? NaN : loss, top1 })
    } finally {
      batch.release()
    }
  }

  /** The same work as a step of this batch, for its time; nothing changes. */
  rehearse(batch: ClipBatch, phase: Phase): Promise<void> {
    const splits = splitsOf(phase, batch.shape.batch)
    this.memory.fit(batch.shape, splits, (parts) =>
      rehearseStep(this.network, batch, {
        ...{ splits, parts, seed: 0, iteration: 0 },
        loss: this.loss,
        pixels: this.pixels,
      }),
    )
    return Promise.resolve()
  }

  recalibration(phase: Phase): Recalibration<ClipBatch> {
    const { network, memory, pixels } = this
    const precise = new PreciseStatistics(network.statistics)
    return {
      observe(batch) {
        const splits = splitsOf(phase, batch.shape.batch)
        try {
          memory.fit(batch.shape, splits, (parts) =>
            observeStatistics(network, batch, {
              ...{ splits, parts, pixels },
              observe: (statistics) => precise.add(statistics),
            }),
          )
          return Promise.resolve()
        } finally {
          batch.release()
        }
      },
      take: () => precise.take(),
    }
  }

  evaluate(batch: ClipBatch): Promise<readonly Float32Array[]> {
    try {
      const logits = this.memory.fit(batch.shape, batch.shape.batch, (parts) =>
        evaluateStep(this.network, batch, { pixels: this.pixels, parts }),
      )
      return Promise.resolve(logits)
    } finally {
      batch.release()
    }
  }

  export(): CheckpointData {
    const rest = new Map([
      ...prefixed(this.optimiser.export(), momentumPrefix),
      ...prefixed(groupStatistics(this.network), groupPrefix),
    ])
    return {
      model: writeSafetensors({ tensors: stateDict(this.network), metadata: { format: 'pt' } }),
      optimizer: writeSafetensors({ tensors: rest, metadata: {} }),
    }
  }

  import({ folder, model, optimizer }: CheckpointData & { readonly folder: string }): void {
    loadStateDict(this.network, readSafetensors(model, `${folder}/model.safetensors`).tensors, folder)
    const { tensors } = readSafetensors(optimizer, `${folder}/optimizer.safetensors`)
    this.optimiser.import(without(tensors, momentumPrefix))
    loadGroupStatistics(this.network, without(tensors, groupPrefix), folder)
  }

  /** Takes the weights of a PySlowFast-named file; says in sentences what was taken, and what not. */
  initialiseFrom(file: string): string[] {
    let bytes: Uint8Array
    try {
      bytes = readFileSync(file)
    } catch (error) {
      throw new HumanError(
        `model.init: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}). Correct the path.`,
      )
    }
    return [
      `Weights are from ${file}.`,
      ...initialise(this.network, readSafetensors(bytes, file).tensors, file),
    ]
  }

  dispose(): void {
    this.optimiser.dispose()
    this.network.dispose()
  }

  private get pixels(): PixelStatistics {
    const { mean, std } = this.config.data
    return { mean, deviation: std }
  }
}

function prefixed(state: StateDict, prefix: string): [string, ReturnType<StateDict['get']> & object][] {
  return [...state].map(([name, tensor]) => [`${prefix}${name}`, tensor])
}

function without(state: StateDict, prefix: string): StateDict {
  return new Map(
    [...state]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  )
}
