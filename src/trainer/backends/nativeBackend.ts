import * as tf from '@tensorflow/tfjs-core'
import type { DataType, DataValues, Tensor, TensorInfo } from '@tensorflow/tfjs-core'

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
  readonly TF_ATTR_SHAPE: number
  readonly TF_FLOAT: number
  readonly TF_INT32: number
  readonly TF_Version: string
}

/** The part of tfjs-node's backend that runs any TensorFlow operation, one by one or as a graph. */
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
  /** A tensor with TensorFlow's number for its kind of values, and the id that TensorFlow knows it by. */
  createOutputTensor(metadata: { shape: number[]; dtype: number; id: number }): Tensor
  /** The data of a tensor that is made of JavaScript's values. */
  write(values: DataValues, shape: number[], dtype: DataType): object
  readSync(dataId: object): Float32Array | Int32Array | Uint8Array
  /** Loads the graph of `folder/saved_model.pb`; the id it goes by from then on. */
  loadSavedModelMetaGraph(folder: string, tag: string): number
  runSavedModel(
    id: number,
    inputs: readonly Tensor[],
    inputNames: readonly { readonly name: string }[],
    outputNames: readonly string[],
  ): Tensor[]
  deleteSavedModel(id: number): void
}

/** tfjs-node's backend; the caller knows that it is the current one. */
export function nativeBackend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend
}
