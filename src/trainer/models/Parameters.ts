import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core'
import { currentKernels } from '../backends/Kernels'
import type { ParameterSpec } from './Blueprint'
import { mixSeeds, normals } from './random'

/** The trained tensors of a network, side by side in one vector, so that an optimiser works on all of them at once. */
export class Parameters {
  readonly lengths: readonly number[]
  private vector: Tensor1D

  /** Takes its first values from `seed`; each parameter has a stream of its own. */
  constructor(
    readonly specs: readonly ParameterSpec[],
    seed: number,
  ) {
    this.lengths = specs.map(({ shape }) => product(shape))
    this.vector = tf.keep(tf.tensor1d(initialValues(specs, this.lengths, seed)))
  }

  get count(): number {
    return this.vector.size
  }

  /** All values, parameter after parameter; it belongs to this object. */
  get flat(): Tensor1D {
    return this.vector
  }

  /** Takes over a vector of new values and disposes of the old ones. */
  assign(flat: Tensor1D): void {
    this.vector.dispose()
    this.vector = tf.keep(flat)
  }

  /** One tensor for each parameter, as layers use them, of a vector like `flat`. */
  cut(flat: Tensor1D): Tensor[] {
    return currentKernels()
      .splitVector(flat, this.lengths)
      .map((vector, i) => {
        const { shape } = this.specs[i]!
        if (shape.length === 1) return vector
        const piece = tf.reshape(vector, [...shape])
        vector.dispose()
        return piece
      })
  }

  /** One tensor for each parameter, laid out as `flat`; disposes of them. */
  flatten(tensors: readonly Tensor[]): Tensor1D {
    return tf.tidy(() => {
      const flat = tf.concat1d(tensors.map((tensor) => tf.reshape<tf.Rank.R1>(tensor, [tensor.size])))
      tf.dispose([...tensors])
      return flat
    })
  }

  dispose(): void {
    this.vector.dispose()
  }
}

function initialValues(
  specs: readonly ParameterSpec[],
  lengths: readonly number[],
  seed: number,
): Float32Array {
  const values = new Float32Array(lengths.reduce((sum, length) => sum + length, 0))
  let at = 0
  specs.forEach(({ initial }, i) => {
    const length = lengths[i]!
    if (initial.kind === 'constant') values.fill(initial.value, at, at + length)
    else
      values.set(
        normals(mixSeeds(seed, i), length).map((value) => value * initial.deviation),
        at,
      )
    at += length
  })
  return values
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, side) => size * side, 1)
}
