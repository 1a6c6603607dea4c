import * as tf from '@tensorflow/tfjs-core'
import { HumanError } from '../../HumanError'
import type { NamedTensor } from '../safetensors'
import type { NormalisationSpec, ParameterSpec } from './Blueprint'
import type { Network } from './Network'
import type { GroupStatistics } from '../backends/Kernels'

export type StateDict = ReadonlyMap<string, NamedTensor>

/** Every weight and running statistic by PySlowFast's name, in PyTorch's layout; groups' statistics are put together. */
export function stateDict(network: Network): Map<string, NamedTensor> {
  const { parameters, statistics } = network
  const state = parameterTensors(parameters.specs, parameters.flat.dataSync() as Float32Array)
  const whole = statistics.whole()
  for (const [name, tensor] of layerTensors(statistics.layers, whole, ({ name }) => name)) {
    state.set(name, tensor)
  }
  tf.dispose([whole.mean, whole.variance])
  return state
}

/** A flat vector laid out as a network's parameters, taken apart by PyTorch's names and layouts. */
export function parameterTensors(
  specs: readonly ParameterSpec[],
  flat: Float32Array,
): Map<string, NamedTensor> {
  const tensors = new Map<string, NamedTensor>()
  let at = 0
  for (const spec of specs) {
    const { name, torchShape, order } = spec
    const length = size(torchShape)
    const stored = flat.subarray(at, at + length)
    const inverse = torchShape.map((_, dimension) => order.indexOf(dimension))
    const data = permuted(
      stored,
      order.map((dimension) => torchShape[dimension]!),
      inverse,
    )
    tensors.set(name, { dtype: 'F32', shape: torchShape, data })
    at += length
  }
  return tensors
}

/**
 * Takes every value from `state`; temporal lengths of clips do not matter, names and shapes do. Throws HumanError that
 * lists what is missing, misshapen or left over, and then changes nothing. Counters (`num_batches_tracked`) are ignored.
 */
export function loadStateDict(network: Network, state: StateDict, source: string): void {
  const { specs } = network.parameters
  const wanted = new Map(specs.map(({ name, torchShape }) => [name, torchShape]))
  for (const { name, channels } of network.statistics.layers) {
    for (const statistic of statisticsNames(name)) wanted.set(statistic, [channels])
  }
  refuseMismatch(wanted, state, source)
  network.parameters.assign(tf.tensor1d(flatParameters(specs, state)))
  network.statistics.assign(rowsOf(network.statistics.layers, state, [({ name }) => name]))
}

/**
 * Takes weights that were trained elsewhere, and says in sentences what was not taken: what this network does not have,
 * and the head where it is of another number of classes, which then stays as it is. Statistics of sub-batch
 * normalisation are found by the reference's names of them. Throws HumanError that lists what is missing or misshapen,
 * and then changes nothing.
 */
export function initialise(network: Network, given: StateDict, source: string): string[] {
  const own = stateDict(network)
  const state = new Map(withPlainStatistics(network.statistics.layers, given))
  const notes: string[] = []
  const head = [...own].filter(([name]) => name.startsWith('head.'))
  const classes = state.get('head.projection.bias')?.shape[0]
  if (classes !== undefined && classes !== network.classes) {
    for (const [name, tensor] of head) state.set(name, tensor)
    notes.push(
      `The head of ${source} is for ${classes} classes, this data set has ${network.classes}: the head starts from random weights.`,
    )
  }
  const extra = [...state.keys()].filter((name) => !own.has(name))
  for (const name of extra) state.delete(name)
  const named = extra.filter((name) => !name.endsWith('.num_batches_tracked'))
  if (named.length > 0) {
    notes.push(`${source} also holds what this network does not have: ${someOf(named)}.`)
  }
  loadStateDict(network, state, source)
  return notes
}

/** The reference keeps the statistics of sub-batch normalisation one level down, and those of each group beside them. */
function* withPlainStatistics(
  layers: readonly NormalisationSpec[],
  given: StateDict,
): Generator<[string, NamedTensor]> {
  const moved = new Map(
    layers.flatMap(({ name }) =>
      statisticsNames(`${name}.bn`).map((from, which) => [from, statisticsNames(name)[which]!] as const),
    ),
  )
  const ofGroups = layers.map(({ name }) => `${name}.split_bn.`)
  for (const [name, tensor] of given) {
    const plain = moved.get(name)
    if (plain !== undefined && !given.has(plain)) yield [plain, tensor]
    else if (!ofGroups.some((prefix) => name.startsWith(prefix))) yield [name, tensor]
  }
}

/** The inverse of `parameterTensors`; the names must be there. */
export function flatParameters(specs: readonly ParameterSpec[], state: StateDict): Float32Array {
  const flat = new Float32Array(specs.reduce((sum, { torchShape }) => sum + size(torchShape), 0))
  let at = 0
  for (const { name, torchShape, order } of specs) {
    flat.set(permuted(values(state, name), torchShape, order), at)
    at += size(torchShape)
  }
  return flat
}

/** Running statistics of each group of clips, which an exact resume needs beside the state dict. */
export function groupStatistics({ statistics }: Network): Map<string, NamedTensor> {
  return layerTensors(statistics.layers, statistics.current, inGroup)
}

/** Throws HumanError when a statistic is missing or misshapen. */
export function loadGroupStatistics({ statistics }: Network, state: StateDict, source: string): void {
  const { layers } = statistics
  let groups = 1
  while (state.has(`${inGroup(layers[0]!, groups)}.running_mean`)) groups++
  const places = Array.from(
    { length: groups },
    (_, group) => (layer: NormalisationSpec) => inGroup(layer, group),
  )
  const wanted = new Map(
    layers.flatMap((layer) =>
      places.flatMap((place) =>
        statisticsNames(place(layer)).map((name) => [name, [layer.channels]] as const),
      ),
    ),
  )
  refuseMismatch(wanted, state, source)
  statistics.assign(rowsOf(layers, state, places))
}

function inGroup({ name }: NormalisationSpec, group: number): string {
  return `${name}.group${group}`
}

function statisticsNames(place: string): readonly [mean: string, variance: string] {
  return [`${place}.running_mean`, `${place}.running_var`]
}

/** Statistics taken apart by layer and group, each at the place that `place` names. */
function layerTensors(
  layers: readonly NormalisationSpec[],
  { mean, variance }: GroupStatistics,
  place: (layer: NormalisationSpec, group: number) => string,
): Map<string, NamedTensor> {
  const tensors = new Map<string, NamedTensor>()
  const both = [mean, variance].map((tensor) => tensor.dataSync<'float32'>())
  let at = 0
  for (let group = 0; group < mean.shape[0]; group++) {
    for (const layer of layers) {
      statisticsNames(place(layer, group)).forEach((name, which) => {
        const data = both[which]!.slice(at, at + layer.channels)
        tensors.set(name, { dtype: 'F32', shape: [layer.channels], data })
      })
      at += layer.channels
    }
  }
  return tensors
}

/** The inverse of `layerTensors`: a row for each place; the names must be there. */
function rowsOf(
  layers: readonly NormalisationSpec[],
  state: StateDict,
  places: readonly ((layer: NormalisationSpec) => string)[],
): GroupStatistics {
  const channels = layers.reduce((sum, layer) => sum + layer.channels, 0)
  const [mean, variance] = [0, 1].map((which) => {
    const rows = new Float32Array(places.length * channels)
    let at = 0
    for (const place of places) {
      for (const layer of layers) {
        rows.set(values(state, statisticsNames(place(layer))[which]!), at)
        at += layer.channels
      }
    }
    return tf.tensor2d(rows, [places.length, channels])
  })
  return { mean: mean!, variance: variance! }
}

function refuseMismatch(
  wanted: ReadonlyMap<string, readonly number[]>,
  state: StateDict,
  source: string,
): void {
  const missing = [...wanted.keys()].filter((name) => !state.has(name))
  const extra = [...state.keys()].filter(
    (name) => !wanted.has(name) && !name.endsWith('.num_batches_tracked'),
  )
  const misshapen = [...wanted].flatMap(([name, shape]) => {
    const found = state.get(name)
    if (!found || (found.dtype === 'F32' && sameShape(found.shape, shape))) return []
    return [`${name} is ${found.dtype} [${found.shape.join(', ')}] instead of F32 [${shape.join(', ')}]`]
  })
  const faults = [
    ...listed('missing', missing),
    ...listed('not of this network', extra),
    ...listed('of another shape', misshapen),
  ]
  if (faults.length === 0) return
  throw new HumanError(
    `${source} does not fit this network. ${faults.join('. ')}. Check arch, depth, width, nonLocal and the number of classes.`,
  )
}

const listedAtMost = 8

function listed(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${names.length} ${what}: ${someOf(names)}`]
}

function someOf(names: readonly string[]): string {
  const more = names.length > listedAtMost ? ` and ${names.length - listedAtMost} more` : ''
  return `${names.slice(0, listedAtMost).join(', ')}${more}`
}

function values(state: StateDict, name: string): Float32Array {
  const tensor = state.get(name)
  if (tensor?.dtype !== 'F32') throw new Error(`${name} was not checked.`)
  return tensor.data
}

/** Dimension i of the result is dimension order[i] of `data`, whose dimensions are `shape`. */
function permuted(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, dimension) => size(shape.slice(dimension + 1)))
  const sides = order.map((dimension) => shape[dimension]!)
  const steps = order.map((dimension) => strides[dimension]!)
  const result = new Float32Array(data.length)
  const position = sides.map(() => 0)
  let from = 0
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from]!
    for (let dimension = sides.length - 1; dimension >= 0; dimension--) {
      from += steps[dimension]!
      if (++position[dimension]! < sides[dimension]!) break
      from -= steps[dimension]! * sides[dimension]!
      position[dimension] = 0
    }
  }
  return result
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1)
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, i) => side === b[i])
}
