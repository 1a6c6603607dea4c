import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core'

export interface Attribute {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

interface Binding {
  readonly TF_ATTR_STRING: number
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_FLOAT: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_TYPE: number
  readonly TF_FLOAT: number
  readonly TF_INT32: number
  readonly TF_Version: string
}

/** The part of tfjs-node's backend that runs any TensorFlow operation eagerly. */
export interface NativeBackend {
  readonly binding: Binding
  readonly isGPUPackage: boolean
  readonly isUsingGpuDevice: boolean
  executeSingleOutput(op: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor
  executeMultipleOutputs(
    op: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[]
  getNumOfTFTensors(): number
}

/** tfjs-node's backend; the caller knows that it is the current one. */
export function nativeBackend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend
}
