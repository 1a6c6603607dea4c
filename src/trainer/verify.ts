import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import * as z from 'zod'
import { HumanError } from '../HumanError'
import { createNetwork } from './models/Network'
import type { Network } from './models/Network'
import type { NetworkSettings } from '../network/settings'
import { uniformAt } from './models/random'
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
  readonly summary: Summary
  readonly errors: readonly QuantityError[]
}

export interface QuantityError {
  readonly case: number
  /** `evalProbs`, `trainLogits`, `trainLoss`, `grad/<name>` or `bnAfter/<name>`. */
  readonly quantity: string
  /** ‖computed − expected‖ / ‖expected‖. */
  readonly error: number
  /**
   * How far the same computation moves, in the same measure, when every input value moves by a millionth: what several
   * layers of single-precision sums leave open. Where it is large, a ReLU or a pooling near a tie decides, and two
   * programs that are both right differ.
   */
  readonly rounding: number
}

export interface Summary {
  /** The largest errors of what goes forward, and of gradients. */
  readonly forward: number
  readonly gradients: number
  /** Those above 1e-4, of gradients 1e-3: all, and those that rounding does not account for. */
  readonly above: number
  readonly unexplained: readonly string[]
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
      const compute = (given: StateDict): Map<string, Float32Array> => {
        loadStateDict(network, weights, file)
        return computeAll(network, given)
      }
      return checkCase(compute, within(tensors, `case${index}/`), index)
    })
    return {
      model: meta.name,
      parameters: meta.params,
      summary: summaryOf(errors),
      errors: errors.sort((a, b) => rank(a.error) - rank(b.error)),
    }
  } finally {
    network.dispose()
  }
}

function checkCase(
  compute: (given: StateDict) => Map<string, Float32Array>,
  expected: StateDict,
  index: number,
): QuantityError[] {
  const computed = compute(expected)
  const moved = Array.from({ length: disturbances }, (_, turn) => compute(disturbed(expected, turn)))
  return [...expected.keys()]
    .filter((key) => key !== 'input' && key !== 'label')
    .map((quantity) => {
      const values = computed.get(quantity)
      if (!values) throw new HumanError(`"${quantity}" of case ${index} is nothing that this network has.`)
      const right = floats(expected, quantity)
      const rounding = Math.max(...moved.map((own) => distance(own.get(quantity)!, values) / norm(right)))
      return { case: index, quantity, error: relativeError(values, right), rounding }
    })
}

const disturbances = 4
const millionth = 1e-6

function disturbed(given: StateDict, turn: number): StateDict {
  const input = given.get('input')!
  const data = floats(given, 'input').map(
    (value, i) => value * (1 + millionth * (2 * uniformAt(turn + 1, i) - 1)),
  )
  return new Map([...given, ['input', { dtype: 'F32', shape: input.shape, data }]])
}

/** Several times what was seen of a few disturbances: more of them would have shown more. */
const allowance = 10

function summaryOf(errors: readonly QuantityError[]): Summary {
  const gradients = errors.filter(({ quantity }) => quantity.startsWith('grad/'))
  const forward = errors.filter(({ quantity }) => !quantity.startsWith('grad/'))
  const above = [
    ...forward.filter(({ error }) => !(error <= 1e-4)),
    ...gradients.filter(({ error }) => !(error <= 1e-3)),
  ]
  return {
    forward: Math.max(...forward.map(({ error }) => error)),
    gradients: Math.max(...gradients.map(({ error }) => error)),
    above: above.length,
    unexplained: above
      .filter(({ error, rounding }) => !(error <= allowance * rounding))
      .map((own) => `case ${own.case}: ${own.quantity}`),
  }
}

/** Everything a file could ask for, by its name there. */
function computeAll(network: Network, given: StateDict): Map<string, Float32Array> {
  const input = given.get('input')!
  const computed = new Map<string, Float32Array>()
  const label = Int32Array.from(given.get('label')!.data as ArrayLike<number | bigint>, Number)
  tf.tidy(() => {
    const batch = {
      clips: tf.reshape(tf.tensor1d(floats(given, 'input')), [...input.shape]),
      targets: { loss: 'cross-entropy', tensor: tf.tensor1d(label, 'int32') },
      form: 'normalised',
    } as const
    const weights = { parameters: network.parameters.flat, statistics: network.statistics.inGroups(1) }
    computed.set('evalProbs', values(tf.softmax(evaluationPass(network, batch, weights))))
    const pass = trainingPass(network, batch, {
      ...weights,
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
  return computed.length === expected.length ? distance(computed, expected) / norm(expected) : Infinity
}

function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0))
}

/** One, where there is nothing to be relative to. */
function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0)) || 1
}

/** What is no number is the worst of all. */
function rank(error: number): number {
  return Number.isNaN(error) ? Infinity : error
}
