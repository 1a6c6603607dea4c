import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { currentKernels } from '../../src/trainer/backends/Kernels'
import { loadBackend } from '../../src/trainer/backends/load'
import type { BackendName } from '../../src/trainer/backends/load'
import { createNetwork } from '../../src/trainer/models/Network'
import type { Network } from '../../src/trainer/models/Network'
import { loadStateDict, parameterTensors, stateDict } from '../../src/trainer/models/stateDict'
import { trainingPass } from '../../src/trainer/passes'
import { referencePixels } from '../../src/trainer/step'
import type { LabelledClips } from '../../src/trainer/step'
import { noise } from '../../src/trainer/timeShapes'
import type { StepCase, StepShape } from './stepCases'
import { StockNetwork } from './stockNetwork'

export interface StockRequest extends Pick<StepCase, 'config' | 'classes'> {
  readonly backend: BackendName
  readonly shape: StepShape
  readonly warmUps: number
  readonly repeats: number
}

export interface StockResult {
  readonly seconds: readonly number[]
  /** Beside our own, with the same weights and clips. */
  readonly relativeErrorOfLoss: number
  readonly relativeErrorOfGradient: number
  /** Where it is largest. */
  readonly worstGradient: string
}

const checked = { batch: 2, frames: 8, size: 48 }

/** Prints the seconds of every step of the stock network at one shape, and how far its gradients are from ours. */
async function main({ backend, config, classes, shape, warmUps, repeats }: StockRequest): Promise<void> {
  await loadBackend(backend)
  const ours = createNetwork(config.model, classes, { seed: 0 })
  lively(ours)
  const stock = new StockNetwork(stateDict(ours), { settings: config.model, classes })
  const errors = compare(ours, stock)
  ours.dispose()
  const seconds: number[] = []
  for (let step = -warmUps; step < repeats; step++) {
    const batch = noise(shape)
    const began = performance.now()
    stock.step(batch, 0)
    if (step >= 0) seconds.push((performance.now() - began) / 1000)
  }
  stock.dispose()
  process.stdout.write(JSON.stringify({ seconds, ...errors } satisfies StockResult))
}

/** Residual branches start at a scale of zero, which lets no gradient into them. */
function lively(network: Network): void {
  const state = stateDict(network)
  for (const [name, { data }] of state) if (name.endsWith('c_bn.weight')) (data as Float32Array).fill(0.5)
  loadStateDict(network, state, 'the benchmark')
}

function compare(ours: Network, stock: StockNetwork): Omit<StockResult, 'seconds'> {
  const batch = { ...noise(checked), labels: Array.from({ length: checked.batch }, (_, clip) => [clip]) }
  const own = gradients(ours, batch)
  const theirs = tf.tidy(() => {
    const { value, grads } = stock.gradients(batch, { dropout: 0 })
    const values = [...own.gradients.keys()].map((name): [string, Float32Array] => [
      name,
      torchLayout(grads[stock.nameOf(name)]!).dataSync<'float32'>(),
    ])
    return { loss: value.dataSync()[0]!, gradients: Object.fromEntries(values) }
  })
  let [difference, norm, worst] = [0, 0, { name: '', error: -1 }]
  for (const [name, { data }] of own.gradients) {
    const right = data as Float32Array
    const [apart, length] = [squares(theirs.gradients[name]!, right), squares(right)]
    difference += apart
    norm += length
    const error = Math.sqrt(apart / Math.max(length, 1e-20))
    if (error > worst.error) worst = { name, error }
  }
  return {
    relativeErrorOfLoss: Math.abs(theirs.loss / own.loss - 1),
    relativeErrorOfGradient: Math.sqrt(difference / norm),
    worstGradient: `${worst.name}: ${worst.error.toPrecision(2)}`,
  }
}

function gradients(
  network: Network,
  { pixels, labels, shape }: LabelledClips,
): { loss: number; gradients: ReturnType<typeof parameterTensors> } {
  const { batch, frames, size } = shape
  const { loss, flat } = tf.tidy(() => {
    const packed = [batch, frames, size, size, 3] as const
    const clips = {
      clips: currentKernels().pack(pixels, packed, referencePixels),
      targets: { loss: 'cross-entropy' as const, tensor: tf.tensor1d(labels.flat(), 'int32') },
      form: { packed, pixels: referencePixels },
    }
    const weights = { parameters: network.parameters.flat, statistics: network.statistics.inGroups(1) }
    const { losses, gradient } = trainingPass(network, clips, { ...weights, of: batch })
    return { loss: tf.mean(losses), flat: gradient }
  })
  const result = {
    loss: loss.dataSync()[0]!,
    gradients: parameterTensors(network.parameters.specs, flat.dataSync<'float32'>()),
  }
  tf.dispose([loss, flat])
  return result
}

function torchLayout(gradient: Tensor): Tensor {
  if (gradient.rank === 5) return tf.transpose(gradient, [4, 3, 0, 1, 2])
  return gradient.rank === 2 ? tf.transpose(gradient) : gradient
}

function squares(a: Float32Array, b?: Float32Array): number {
  return a.reduce((sum, value, i) => sum + (value - (b?.[i] ?? 0)) ** 2, 0)
}

void main(JSON.parse(process.argv[2]!) as StockRequest)
