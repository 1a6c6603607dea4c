import * as tf from '@tensorflow/tfjs-core'
import { HumanError } from '../../HumanError'
import type { RunningStatistics } from '../backends/Kernels'
import type { NamedTensor } from '../safetensors'
import { aggregated, replaceGroups } from './batchNorm'
import type { BatchNormState, ParameterSpec } from './Blueprint'
import type { Network } from './Network'

export type StateDict = ReadonlyMap<string, NamedTensor>

/** Every weight and running statistic by PySlowFast's name, in PyTorch's layout; groups' statistics are put together. */
export function stateDict(network: Network): Map<string, NamedTensor> {
  const state = parameterTensors(network.parameters.specs, network.parameters.flat.dataSync() as Float32Array)
  for (const norm of network.batchNorms) {
    const { mean, variance } = aggregated(norm)
    state.set(`${norm.name}.running_mean`, vector(mean))
    state.set(`${norm.name}.running_var`, vector(variance))
    tf.dispose([mean, variance])
  }
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
  for (const { name, channels } of network.batchNorms) {
    wanted.set(`${name}.running_mean`, [channels])
    wanted.set(`${name}.running_var`, [channels])
  }
  refuseMismatch(wanted, state, source)
  network.parameters.assign(tf.tensor1d(flatParameters(specs, state)))
  for (const norm of network.batchNorms) {
    const mean = tf.tensor1d(values(state, `${norm.name}.running_mean`))
    const variance = tf.tensor1d(values(state, `${norm.name}.running_var`))
    replaceGroups(norm, [{ mean, variance }])
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
export function groupStatistics(network: Network): Map<string, NamedTensor> {
  const state = new Map<string, NamedTensor>()
  for (const { name, groups } of network.batchNorms) {
    groups.forEach(({ mean, variance }, group) => {
      state.set(`${name}.group${group}.running_mean`, vector(mean))
      state.set(`${name}.group${group}.running_var`, vector(variance))
    })
  }
  return state
}

/** Throws HumanError when a statistic is missing or misshapen. */
export function loadGroupStatistics(network: Network, state: StateDict, source: string): void {
  const read = network.batchNorms.map((norm) => readGroups(norm, state, source))
  read.forEach((groups, i) =>
    replaceGroups(
      network.batchNorms[i]!,
      groups.map(({ mean, variance }): RunningStatistics => ({
        mean: tf.tensor1d(mean),
        variance: tf.tensor1d(variance),
      })),
    ),
  )
}

function readGroups(
  { name, channels }: BatchNormState,
  state: StateDict,
  source: string,
): { mean: Float32Array; variance: Float32Array }[] {
  const groups: { mean: Float32Array; variance: Float32Array }[] = []
  while (groups.length === 0 || state.has(`${name}.group${groups.length}.running_mean`)) {
    const part = `${name}.group${groups.length}`
    const wanted = new Map([`${part}.running_mean`, `${part}.running_var`].map((key) => [key, [channels]]))
    const present = new Map(
      [...wanted.keys()].flatMap((key) => (state.has(key) ? [[key, state.get(key)!]] : [])),
    )
    refuseMismatch(wanted, present, source)
    groups.push({
      mean: values(state, `${part}.running_mean`),
      variance: values(state, `${part}.running_var`),
    })
  }
  return groups
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
  if (names.length === 0) return []
  const more = names.length > listedAtMost ? ` and ${names.length - listedAtMost} more` : ''
  return [`${names.length} ${what}: ${names.slice(0, listedAtMost).join(', ')}${more}`]
}

function vector(tensor: tf.Tensor1D): NamedTensor {
  return { dtype: 'F32', shape: tensor.shape, data: Float32Array.from(tensor.dataSync()) }
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
