import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import * as z from 'zod'
import { HumanError } from '../HumanError'
import { createNetwork, referenceMomentum } from './models/Network'
import type { Network } from './models/Network'
import type { NetworkSettings } from '../network/settings'
import { loadStateDict, parameterTensors, stateDict } from './models/stateDict'
import type { StateDict } from './models/stateDict'
import { evaluationPass, trainingPass } from './passes'
import { readSafetensors } from './safetensors'

const metaSchema = z.object({
  name: z.string(),
  arch: z.enum(['slowfast', 'slow', 'i3d', 'c2d']),
  depth: z.literal([18, 50, 101]),
  widthPerGroup: z.number(),
  alpha: z.number().nullish(),
  betaInv: z.number().nullish(),
  classes: z.number(),
  params: z.number(),
  nonlocal_: z.unknown(),
  cases: z.array(z.object({ batch: z.number(), frames: z.number(), size: z.number() })),
})

/** Relative L2 errors of what a network computes, against what a file says it should. */
export interface Verification {
  readonly model: string
  readonly parameters: number
  readonly errors: readonly QuantityError[]
}

export interface QuantityError {
  readonly case: number
  /** `evalProbs`, `trainLogits`, `trainLoss`, `grad/<name>` or `bnAfter/<name>`. */
  readonly quantity: string
  /** ‖computed − expected‖ / ‖expected‖. */
  readonly error: number
}

/**
 * Runs every case of a golden file on the current backend: evaluation, then one training step's forward and backward
 * from the file's weights. Worst error last. Throws HumanError when the file is not one of these.
 */
export function verifyModel(bytes: Uint8Array, file: string): Verification {
  const { tensors, metadata } = readSafetensors(bytes, file)
  const weights = within(tensors, 'weights/')
  const { settings, meta } = readMeta(metadata['meta'], weights, file)
  const network = createNetwork(settings, meta.classes, { seed: 0 })
  try {
    if (network.parameters.count !== meta.params) {
      throw new HumanError(`${file} has ${meta.params} parameters, the network ${network.parameters.count}.`)
    }
    const errors = meta.cases.flatMap((_, index) => {
      loadStateDict(network, weights, file)
      return checkCase(network, within(tensors, `case${index}/`), index)
    })
    return {
      model: meta.name,
      parameters: meta.params,
      errors: errors.sort((a, b) => rank(a.error) - rank(b.error)),
    }
  } finally {
    network.dispose()
  }
}

function checkCase(network: Network, expected: StateDict, index: number): QuantityError[] {
  const computed = compute(network, expected)
  return [...expected.keys()]
    .filter((key) => key !== 'input' && key !== 'label')
    .map((quantity) => {
      const values = computed.get(quantity)
      if (!values) throw new HumanError(`"${quantity}" of case ${index} is nothing that this network has.`)
      return { case: index, quantity, error: relativeError(values, floats(expected, quantity)) }
    })
}

/** Everything a file could ask for, by its name there. */
function compute(network: Network, given: StateDict): Map<string, Float32Array> {
  const input = given.get('input')!
  const computed = new Map<string, Float32Array>()
  const label = Int32Array.from(given.get('label')!.data as ArrayLike<number | bigint>, Number)
  tf.tidy(() => {
    const batch = {
      clips: tf.reshape(tf.tensor1d(floats(given, 'input')), [...input.shape]),
      labels: tf.tensor1d(label, 'int32'),
      form: 'normalised',
    } as const
    const weights = { parameters: network.parameters.flat, statistics: network.statistics.inGroups(1) }
    computed.set('evalProbs', values(tf.softmax(evaluationPass(network, batch, weights).logits)))
    const pass = trainingPass(network, batch, {
      ...weights,
      momentum: referenceMomentum,
      of: label.length,
    })
    computed.set('trainLogits', values(pass.logits))
    computed.set('trainLoss', values(tf.mean(pass.losses)))
    for (const [name, { data }] of parameterTensors(network.parameters.specs, values(pass.gradient))) {
      computed.set(`grad/${name}`, data as Float32Array)
    }
    network.statistics.assign(pass.statistics)
  })
  for (const [name, { data }] of stateDict(network)) computed.set(`bnAfter/${name}`, data as Float32Array)
  return computed
}

function readMeta(
  json: string | undefined,
  weights: StateDict,
  file: string,
): { settings: NetworkSettings; meta: z.infer<typeof metaSchema> } {
  if (json === undefined)
    throw new HumanError(`${file} has no "meta" that says which network its weights are of.`)
  const { data: meta, error } = metaSchema.safeParse(JSON.parse(json))
  if (!meta) {
    throw new HumanError(`The "meta" of ${file} does not describe a network: ${z.prettifyError(error)}`)
  }
  const { arch, depth, widthPerGroup: width } = meta
  const settings = {
    arch,
    depth,
    width,
    alpha: meta.alpha ?? 4,
    betaInv: meta.betaInv ?? 8,
    nonLocal: meta.nonlocal_ !== null && meta.nonlocal_ !== undefined,
    dropout: 0,
  }
  const lateralKernel = weights.get('s1_fuse.conv_f2s.weight')?.shape[2]
  return { meta, settings: lateralKernel === undefined ? settings : { ...settings, lateralKernel } }
}

function within(tensors: StateDict, prefix: string): StateDict {
  return new Map(
    [...tensors].flatMap(([key, tensor]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), tensor]] : [],
    ),
  )
}

function floats(tensors: StateDict, name: string): Float32Array {
  const tensor = tensors.get(name)
  if (tensor?.dtype !== 'F32') throw new HumanError(`"${name}" is missing or not F32.`)
  return tensor.data
}

function values(tensor: Tensor): Float32Array {
  return Float32Array.from(tensor.dataSync<'float32'>())
}

function relativeError(computed: Float32Array, expected: Float32Array): number {
  if (computed.length !== expected.length) return Infinity
  let difference = 0
  let norm = 0
  for (let i = 0; i < expected.length; i++) {
    difference += (computed[i]! - expected[i]!) ** 2
    norm += expected[i]! ** 2
  }
  return Math.sqrt(difference) / Math.sqrt(norm || 1)
}

/** What is no number is the worst of all. */
function rank(error: number): number {
  return Number.isNaN(error) ? Infinity : error
}
