import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core'

/** The part of TensorFlow.js's wasm backend that shows where tensors lie. */
interface WasmBackend {
  makeOutput(shape: readonly number[], dtype: 'float32'): TensorInfo
  typedArrayFromHeap(tensor: TensorInfo): Float32Array
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

function backend(): WasmBackend {
  return tf.backend() as unknown as WasmBackend
}
