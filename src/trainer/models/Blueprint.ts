import type { RunningStatistics } from '../backends/Kernels'

export type Initial =
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'constant'; readonly value: number }

/** A trained tensor: its name and dimensions in PyTorch, and how they are reordered here. */
export interface ParameterSpec {
  readonly name: string
  readonly torchShape: readonly number[]
  /** Stored dimension i is PyTorch's dimension order[i]. */
  readonly order: readonly number[]
  /** Stored dimensions, after reordering; neighbours may be merged or dimensions of 1 left out. */
  readonly shape: readonly number[]
  readonly initial: Initial
  /** Batch normalisation has its own weight decay, usually none. */
  readonly role: 'weight' | 'bias' | 'batchNorm'
}

/** Running statistics of one batch normalisation: one entry for each group of clips, never none. */
export interface BatchNormState {
  readonly name: string
  readonly channels: number
  groups: readonly RunningStatistics[]
  /** What training passes made of `groups`, until it is kept or dropped; entries may be those of `groups`. */
  next: RunningStatistics[] | undefined
}

/** Collects the tensors a network needs while its layers are put together; no tensor is made. */
export class Blueprint {
  readonly parameters: ParameterSpec[] = []
  readonly batchNorms: BatchNormState[] = []

  /** The index of the parameter within a run. */
  parameter(spec: ParameterSpec): number {
    return this.parameters.push(spec) - 1
  }

  vector(name: string, length: number, value: number, role: 'bias' | 'batchNorm'): number {
    const initial = { kind: 'constant', value } as const
    return this.parameter({ name, torchShape: [length], order: [0], shape: [length], initial, role })
  }

  batchNorm(name: string, channels: number): BatchNormState {
    const state: BatchNormState = { name, channels, groups: [], next: undefined }
    this.batchNorms.push(state)
    return state
  }
}
