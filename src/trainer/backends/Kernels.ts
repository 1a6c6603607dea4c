import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core'

export type Pair = readonly [height: number, width: number]
export type Triple = readonly [frames: number, height: number, width: number]
export type Shape4 = readonly [number, number, number, number]
export type Shape5 = readonly [number, number, number, number, number]

/** Strides and symmetric zero padding of a two-dimensional window. */
export interface Window2d {
  readonly stride: Pair
  readonly pad: Pair
}

export interface PoolWindow extends Window2d {
  readonly size: Pair
}

export type RunningStatistics = Readonly<Record<'mean' | 'variance', Tensor1D>>

export interface BatchNormGradients {
  readonly input: Tensor4D
  readonly scale: Tensor1D
  readonly offset: Tensor1D
}

/** Means and variances, each groups × channels. */
export type GroupStatistics = Readonly<Record<'mean' | 'variance', Tensor2D>>

/** Normalised output, the statistics of the batch, and the gradients, which may be asked for once. */
export interface BatchNormPass {
  readonly out: Tensor4D
  /** As running statistics take them in: the variance is the unbiased one. */
  readonly batch: GroupStatistics
  gradients(outGradient: Tensor4D): BatchNormGradients
}

/**
 * What a network needs of a backend, with gradients that are right on it. Images are channels-last, filters are
 * height × width × in × out; inputs are never disposed, and nothing but the results outlives a call.
 */
export interface Kernels {
  conv2d(x: Tensor4D, filter: Tensor4D, window: Window2d): Tensor4D
  conv2dInputGradient(outGradient: Tensor4D, filter: Tensor4D, inputShape: Shape4, window: Window2d): Tensor4D
  conv2dFilterGradient(x: Tensor4D, outGradient: Tensor4D, filterShape: Shape4, window: Window2d): Tensor4D
  /** Padding never wins. */
  maxPool(x: Tensor4D, window: PoolWindow): Tensor4D
  maxPoolGradient(x: Tensor4D, out: Tensor4D, outGradient: Tensor4D, window: PoolWindow): Tensor4D
  relu(x: Tensor4D): Tensor4D
  reluGradient(out: Tensor4D, outGradient: Tensor4D): Tensor4D
  /** By the statistics of this batch: each of `groups` equal parts of its images by its own. */
  batchNorm(
    x: Tensor4D,
    scale: Tensor1D,
    offset: Tensor1D,
    options: { readonly epsilon: number; readonly groups: number },
  ): BatchNormPass
  /** Given statistics. */
  batchNormFixed(
    x: Tensor4D,
    scale: Tensor1D,
    offset: Tensor1D,
    running: RunningStatistics,
    epsilon: number,
  ): Tensor4D
  /** Loss of each row, and the gradient of their sum. */
  crossEntropy(logits: Tensor2D, labels: Tensor1D): { readonly losses: Tensor1D; readonly gradient: Tensor2D }
  /** The same where a clip may be of several classes: `targets` is 1 or 0 for each, a row's loss the mean over them. */
  binaryCrossEntropy(
    logits: Tensor2D,
    targets: Tensor2D,
  ): { readonly losses: Tensor1D; readonly gradient: Tensor2D }
  /** Bytes on the device, in the form that `unpack` takes. */
  pack(pixels: Uint8Array, shape: Shape5, statistics: PixelStatistics): Tensor
  /** Packed bytes to (value / 255 − mean) / deviation of their channel. */
  unpack(packed: Tensor, shape: Shape5, statistics: PixelStatistics): Tensor5D
  /** Side by side along the channels. */
  joinChannels(parts: readonly Tensor4D[]): Tensor4D
  /** The inverse of `joinChannels`. */
  splitChannels(x: Tensor4D, widths: readonly number[]): Tensor4D[]
  /** Cuts a vector into pieces of the given lengths. */
  splitVector(vector: Tensor1D, lengths: readonly number[]): Tensor1D[]
  /** What the backend makes of a computation that is to run often. */
  program(compute: Computation): Program
}

/** Tensors from tensors of fixed shapes, and from nothing else; it leaves its inputs alive, and reads no values. */
export type Computation = (inputs: readonly Tensor[]) => readonly Tensor[]

/** A computation made ready by its first run. Equal inputs give equal outputs, to the last bit. */
export interface Program {
  run(inputs: readonly Tensor[]): Tensor[]
  dispose(): void
}

/** Of red, green and blue, each from 0 to 1. */
export interface PixelStatistics {
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
}

const byBackend = new Map<string, Kernels>()

/** Says which kernels networks run on when `backend` is TensorFlow.js's current one. */
export function provideKernels(backend: string, kernels: Kernels): void {
  byBackend.set(backend, kernels)
}

export function currentKernels(): Kernels {
  const kernels = byBackend.get(tf.getBackend())
  if (!kernels) throw new Error(`No kernels for the backend "${tf.getBackend()}": call loadBackend() first.`)
  return kernels
}
