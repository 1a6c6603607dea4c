import * as tf from '@tensorflow/tfjs-core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { currentKernels, provideKernels } from '../../src/trainer/backends/Kernels'
import type { Kernels } from '../../src/trainer/backends/Kernels'
import { nativeBackend } from '../../src/trainer/backends/nativeBackend'
import { stepwise } from '../../src/trainer/backends/stepwise'
import { Optimiser } from '../../src/trainer/optimiser'
import { FamilyClock } from './FamilyClock'
import { familyOf } from './opFamily'
import type { Family, Task } from './opFamily'

export interface Profile {
  /** Of operations, by family, and of everything. */
  readonly families: ReadonlyMap<Family, number>
  readonly milliseconds: number
  /** From JavaScript into the backend. */
  readonly calls: number
  /** The most that were alive at once, as TensorFlow.js counts them. */
  readonly peak: { readonly tensors: number; readonly bytes: number }
}

/**
 * Runs a step with every call into the backend timed, and takes the timing away again, also when the step throws.
 * Operations must be done when they return, as they are on the CPU. Programs made meanwhile call theirs one by one.
 */
export async function profile(step: () => Promise<unknown>): Promise<Profile> {
  const clock = new FamilyClock()
  const peak = { tensors: 0, bytes: 0 }
  const watched = <T>(family: Family, act: () => T): T => {
    const result = clock.time(family, act)
    const { numTensors, numBytes } = tf.engine().state
    peak.tensors = Math.max(peak.tensors, numTensors)
    peak.bytes = Math.max(peak.bytes, numBytes)
    return result
  }
  const undo: (() => void)[] = []
  try {
    undo.push(
      tellTasks(clock),
      tf.getBackend() === 'wasm' ? timeWasm(clock, watched) : timeNative(clock, watched),
    )
    const began = performance.now()
    await step()
    const milliseconds = performance.now() - began
    return { families: clock.milliseconds, milliseconds, calls: clock.calls, peak }
  } finally {
    for (const act of undo.reverse()) act()
  }
}

type Watched = <T>(family: Family, act: () => T) => T

/** The clock hears which of a network's kernels, or the optimiser, is at work. */
function tellTasks(clock: FamilyClock): () => void {
  const backend = tf.getBackend()
  const kernels = currentKernels()
  provideKernels(backend, told(kernels, clock))
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const { step } = Optimiser.prototype
  Optimiser.prototype.step = function (...args) {
    clock.during('optimiser', () => step.apply(this, args))
  }
  return () => {
    provideKernels(backend, kernels)
    Optimiser.prototype.step = step
  }
}

/** On wasm these are loops of our own: what is not an operation in them is work too. */
const loops: Readonly<Partial<Record<Task, Family>>> = {
  batchNorm: 'batch norm forward',
  batchNormFixed: 'batch norm forward',
  batchNormGradients: 'batch norm backward',
  maxPoolGradient: 'pooling',
  joinChannels: 'layout',
  splitChannels: 'layout',
  splitVector: 'layout',
  pack: 'transfer',
}

function told(kernels: Kernels, clock: FamilyClock): Kernels {
  const telling = <A extends readonly unknown[], R>(task: Task, act: (...args: A) => R) => {
    const loop = tf.getBackend() === 'wasm' ? loops[task] : undefined
    return (...args: A): R =>
      clock.during(task, () => (loop ? clock.time(loop, () => act(...args)) : act(...args)))
  }
  const wrapped = Object.entries(kernels).map(([name, act]) => [
    name,
    telling(name as keyof Kernels, act as (...args: readonly unknown[]) => unknown),
  ])
  return {
    ...(Object.fromEntries(wrapped) as unknown as Kernels),
    program: stepwise,
    batchNorm(...args) {
      const pass = telling('batchNorm', (...own: typeof args) => kernels.batchNorm(...own))(...args)
      return {
        ...pass,
        gradients: telling('batchNormGradients', (outGradient: Tensor4D) => pass.gradients(outGradient)),
      }
    },
  }
}

interface NativeCalls {
  executeOp: (op: string, ...rest: readonly unknown[]) => unknown
  createTensor: (...args: readonly unknown[]) => unknown
  tensorDataSync: (...args: readonly unknown[]) => unknown
  deleteTensor: (...args: readonly unknown[]) => unknown
}

/** Underneath `executeSingleOutput` and `executeMultipleOutputs`, which upload inputs before the operation. */
function timeNative(clock: FamilyClock, watched: Watched): () => void {
  const backend = nativeBackend() as unknown as { binding: NativeCalls }
  const { binding } = backend
  const calls: NativeCalls = {
    executeOp: (op, ...rest) => watched(familyOf(op, clock.current), () => binding.executeOp(op, ...rest)),
    createTensor: (...args) => watched('transfer', () => binding.createTensor(...args)),
    tensorDataSync: (...args) => watched('transfer', () => binding.tensorDataSync(...args)),
    deleteTensor: (...args) => watched('freeing', () => binding.deleteTensor(...args)),
  }
  const descriptors = Object.entries(calls).map(
    ([name, value]) => [name, { value: value as unknown }] as const,
  )
  backend.binding = Object.create(binding, Object.fromEntries(descriptors)) as NativeCalls
  return () => void (backend.binding = binding)
}

function timeWasm(clock: FamilyClock, watched: Watched): () => void {
  const kernels = tf.getKernelsForBackend('wasm')
  const replace = (config: tf.KernelConfig): void => {
    tf.unregisterKernel(config.kernelName, 'wasm')
    tf.registerKernel(config)
  }
  for (const config of kernels) {
    const { kernelName, kernelFunc } = config
    replace({
      ...config,
      kernelFunc: (args) => watched(familyOf(kernelName, clock.current), () => kernelFunc(args)),
    })
  }
  const backend = tf.backend() as unknown as Record<string, (...args: readonly unknown[]) => unknown>
  for (const [name, family] of movesOfWasm) {
    const move = backend[name]!
    backend[name] = (...args) => watched(family, () => move.apply(backend, args as unknown[]))
  }
  return () => {
    kernels.forEach(replace)
    for (const [name] of movesOfWasm) Reflect.deleteProperty(backend, name) // the class has them
  }
}

const movesOfWasm = [
  ['write', 'transfer'],
  ['readSync', 'transfer'],
  ['disposeData', 'freeing'],
] as const
