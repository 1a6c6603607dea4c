import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core'

/** The part of TensorFlow.js's wasm backend that shows where tensors lie. */
interface WasmBackend {
  makeOutput(shape: readonly number[], dtype: 'float32'): TensorInfo
  typedArrayFromHeap(tensor: TensorInfo): Float32Array
  readonly wasm: {
    readonly HEAPU8: Uint8Array
    /** An address, or 0 where there is no room. */
    _malloc(bytes: number): number
    _free(address: number): void
  }
}

/** The values of a tensor where they lie, without a copy: until the next tensor is made, which may move the heap. */
export function inPlace(tensor: Tensor): Float32Array {
  return backend().typedArrayFromHeap(tensor)
}

/** A tensor whose values are yet to be written, all of them, through `inPlace`. */
export function blank<R extends tf.Rank>(shape: readonly number[]): Tensor<R> {
  const info = backend().makeOutput([...shape], 'float32')
  return tf.engine().makeTensorFromTensorInfo(info) as Tensor<R>
}

/** In bytes; what is never used is never backed by memory. */
const [firstRoom, largestHeap] = [2 ** 28, 2 ** 32 - 2 ** 16]
/** The size of each module's heap when room was last made. */
const sizes = new WeakMap<object, number>()

/**
 * Makes room in the heap if it has grown. The module's allocator grows it by the one block that it lacks, and does not
 * join blocks that came one by one, so that a heap left alone ends up in pieces and grows without end. Room that is
 * taken at once, and given back, stays whole.
 */
export function keepRoom(): void {
  const { wasm } = backend()
  const before = sizes.get(wasm)
  const { length } = wasm.HEAPU8
  if (length === before) return
  const room = before === undefined ? firstRoom : Math.min(length / 2, largestHeap - length)
  const address = room > 0 ? wasm._malloc(room) : 0
  if (address !== 0) wasm._free(address)
  sizes.set(wasm, wasm.HEAPU8.length)
}

function backend(): WasmBackend {
  return tf.backend() as unknown as WasmBackend
}
