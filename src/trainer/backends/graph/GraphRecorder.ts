import type { DataType, Tensor, TensorInfo } from '@tensorflow/tfjs-core'
import type { Attribute, NativeBackend } from '../nativeBackend'
import { outputShapes } from './outputShapes'
import type { AttributeValue, Graph, GraphNode } from './savedModel'

/** More values than any list of sizes has: data that would be frozen into the graph is an input that was forgotten. */
const largestConstant = 2 ** 12

/**
 * Goes through a computation without computing: each operation becomes a node of a TensorFlow graph, and its outputs
 * tensors that have a shape and no values. Tensors are told apart by their data; those made from JavaScript's values
 * meanwhile become constants.
 */
export class GraphRecorder {
  private readonly recorded: GraphNode[] = []
  /** Names by the identity of a tensor's data. */
  private readonly names = new Map<object, string>()
  private readonly made = new Set<object>()
  /** Names by value: the same sizes and axes occur hundreds of times. */
  private readonly constants = new Map<string, string>()

  private constructor(
    private readonly backend: NativeBackend,
    inputs: readonly Tensor[],
  ) {
    inputs.forEach(({ dataId }, index) => this.names.set(dataId, inputName(index)))
  }

  /** The graph of `compute`, whose inputs are the nodes `inputName(i)` and outputs `outputName(i)`. */
  static record(backend: NativeBackend, inputs: readonly Tensor[], compute: () => readonly Tensor[]): Graph {
    const recorder = new GraphRecorder(backend, inputs)
    const outputs = recorder.watch(compute)
    return {
      inputs: inputs.map(({ dtype, shape }, index) => ({
        name: inputName(index),
        op: 'Placeholder',
        inputs: [],
        attributes: { dtype: { type: numberOf(dtype, backend) }, shape: { shape } },
      })),
      nodes: recorder.recorded,
      outputs: outputs.map((output, index) => ({
        name: outputName(index),
        op: 'Identity',
        inputs: [recorder.nameOf(output)],
        attributes: { T: { type: numberOf(output.dtype, backend) } },
      })),
    }
  }

  /** Runs `act` with the backend's operations kept from it. */
  private watch<T>(act: () => T): T {
    const { backend } = this
    const before = Object.getPrototypeOf(backend) as NativeBackend
    const overheard: Pick<
      NativeBackend,
      'executeSingleOutput' | 'executeMultipleOutputs' | 'write' | 'readSync'
    > = {
      executeSingleOutput: (op, attributes, inputs) => this.add(op, attributes, inputs)[0]!,
      executeMultipleOutputs: (op, attributes, inputs) => this.add(op, attributes, inputs),
      write: (...values) => {
        const data = before.write.apply(backend, values)
        this.made.add(data)
        return data
      },
      readSync: (data) => {
        if (this.names.has(data) && !this.made.has(data)) {
          throw new Error('A computation that reads its own values cannot be made a graph.')
        }
        return before.readSync.call(backend, data)
      },
    }
    Object.assign(backend, overheard)
    try {
      return act()
    } finally {
      for (const name of Object.keys(overheard)) Reflect.deleteProperty(backend, name)
    }
  }

  private add(op: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor[] {
    const name = `${op}_${this.recorded.length}`
    const names = inputs.map((input) => this.nameOf(input))
    this.recorded.push({
      name,
      op,
      inputs: names,
      attributes: Object.fromEntries(
        attributes.map((attribute) => [attribute.name, valueOf(attribute, this.backend)]),
      ),
    })
    const given = new Map(attributes.map((attribute) => [attribute.name, attribute.value]))
    const shapes = outputShapes({
      op,
      shapes: inputs.map(({ shape }) => shape),
      attributes: given,
      constant: (input) => this.constantAt(inputs[input]!),
    })
    // What is cast, what is gathered from, and what all else is computed in.
    const dtype = ['DstT', 'type', 'Tparams', 'T'].flatMap((name) => given.get(name) ?? [])[0]
    return shapes.map((shape, index) => {
      const output = this.backend.createOutputTensor({
        shape: [...shape],
        dtype: Number(dtype),
        id: nothing,
      })
      this.names.set(output.dataId, index === 0 ? name : `${name}:${index}`)
      return output
    })
  }

  private constantAt({ dataId }: TensorInfo): readonly number[] {
    if (!this.made.has(dataId)) throw new Error('The sizes that an operation goes by must be constants.')
    return Array.from(this.backend.readSync(dataId))
  }

  private nameOf(tensor: TensorInfo): string {
    const known = this.names.get(tensor.dataId)
    if (known !== undefined) return known
    const { dataId, dtype, shape } = tensor
    if (!this.made.has(dataId)) {
      throw new Error(
        `A tensor of shape [${shape.join(', ')}] is neither an input of the graph nor made in it.`,
      )
    }
    const values = this.backend.readSync(dataId)
    if (values.length > largestConstant) {
      throw new Error(`A constant of shape [${shape.join(', ')}] is too large for a graph: make it an input.`)
    }
    const type = numberOf(dtype, this.backend)
    const key = `${type}: ${shape.join('x')}: ${values.join()}`
    const name = this.constants.get(key) ?? `Const_${this.recorded.length}`
    if (!this.constants.has(key)) {
      const attributes = { dtype: { type }, value: { tensor: { type, shape, values } } }
      this.recorded.push({ name, op: 'Const', inputs: [], attributes })
      this.constants.set(key, name)
    }
    this.names.set(dataId, name)
    return name
  }
}

/** The id of a tensor that TensorFlow does not know. */
const nothing = -1

export function inputName(index: number): string {
  return `input_${index}`
}

export function outputName(index: number): string {
  return `output_${index}`
}

function numberOf(dtype: DataType, { binding }: NativeBackend): number {
  if (dtype === 'float32') return binding.TF_FLOAT
  if (dtype === 'int32') return binding.TF_INT32
  throw new Error(`No graph was made of ${dtype} values yet.`)
}

function valueOf({ name, type, value }: Attribute, { binding }: NativeBackend): AttributeValue {
  switch (type) {
    case binding.TF_ATTR_STRING:
      return { string: value as string }
    case binding.TF_ATTR_INT:
      return { int: value as number }
    case binding.TF_ATTR_FLOAT:
      return { float: value as number }
    case binding.TF_ATTR_BOOL:
      return { bool: value as boolean }
    case binding.TF_ATTR_TYPE:
      return { type: value as number }
    case binding.TF_ATTR_SHAPE:
      return { shape: value as number[] }
    default:
      throw new Error(`The attribute ${name} is of a kind that no graph was made of yet.`)
  }
}
