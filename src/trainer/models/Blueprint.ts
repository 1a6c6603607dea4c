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

/** A batch normalisation by the reference's name of it. */
export interface NormalisationSpec {
  readonly name: string
  readonly channels: number
}

/** Collects the tensors a network needs while its layers are put together; no tensor is made. */
export class Blueprint {
  readonly parameters: ParameterSpec[] = []
  readonly normalisations: NormalisationSpec[] = []

  /** The index of the parameter within a run. */
  parameter(spec: ParameterSpec): number {
    return this.parameters.push(spec) - 1
  }

  vector(name: string, length: number, value: number, role: 'bias' | 'batchNorm'): number {
    const initial = { kind: 'constant', value } as const
    return this.parameter({ name, torchShape: [length], order: [0], shape: [length], initial, role })
  }

  /** The index of the normalisation within a run. */
  normalisation(spec: NormalisationSpec): number {
    return this.normalisations.push(spec) - 1
  }
}
