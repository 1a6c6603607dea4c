import { PbfWriter } from 'pbf'

/** A node of a TensorFlow graph. Inputs are named `node` or, for another than its first output, `node:1`. */
export interface GraphNode {
  readonly name: string
  readonly op: string
  readonly inputs: readonly string[]
  readonly attributes: Readonly<Record<string, AttributeValue>>
}

export type AttributeValue =
  | { readonly string: string | readonly string[] }
  | { readonly int: number | readonly number[] }
  | { readonly float: number | readonly number[] }
  | { readonly bool: boolean | readonly boolean[] }
  | { readonly type: number | readonly number[] }
  | { readonly shape: readonly number[] }
  | { readonly tensor: TensorValue }

export interface TensorValue {
  /** TensorFlow's number for the kind of its values. */
  readonly type: number
  readonly shape: readonly number[]
  readonly values: ArrayBufferView
}

/** What `saved_model.pb` tells TensorFlow to look for. */
export const tag = 'serve'

/**
 * The bytes of a `saved_model.pb` that holds one graph. Field numbers are those of TensorFlow's saved_model.proto,
 * meta_graph.proto, graph.proto, node_def.proto, attr_value.proto, tensor.proto and tensor_shape.proto.
 */
export function savedModel(nodes: readonly GraphNode[]): Uint8Array {
  const model = new PbfWriter()
  model.writeVarintField(1, 1)
  model.writeMessage(2, writeMetaGraph, nodes)
  return model.finish()
}

function writeMetaGraph(nodes: readonly GraphNode[], pbf: PbfWriter): void {
  pbf.writeMessage(1, (value: string, info) => info.writeStringField(4, value), tag)
  pbf.writeMessage(2, writeGraph, nodes)
}

/** That of TensorFlow 2.9, the oldest that is installed; later ones run its graphs. */
const graphVersion = 1087

function writeGraph(nodes: readonly GraphNode[], pbf: PbfWriter): void {
  for (const node of nodes) pbf.writeMessage(1, writeNode, node)
  pbf.writeMessage(4, (version: number, versions) => versions.writeVarintField(1, version), graphVersion)
}

function writeNode({ name, op, inputs, attributes }: GraphNode, pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  pbf.writeStringField(2, op)
  for (const input of inputs) pbf.writeStringField(3, input)
  for (const entry of Object.entries(attributes)) pbf.writeMessage(5, writeEntry, entry)
}

function writeEntry([name, value]: [string, AttributeValue], pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  pbf.writeMessage(2, writeAttribute, value)
}

function writeAttribute(value: AttributeValue, pbf: PbfWriter): void {
  if ('shape' in value) pbf.writeMessage(7, writeShape, value.shape)
  else if ('tensor' in value) pbf.writeMessage(8, writeTensor, value.tensor)
  else if (Array.isArray(Object.values(value)[0])) pbf.writeMessage(1, writeScalars, value)
  else writeScalars(value, pbf)
}

/** One value as an attribute holds it, or several as a list does: their field numbers are the same. */
function writeScalars(
  value: Exclude<AttributeValue, { shape: unknown } | { tensor: unknown }>,
  pbf: PbfWriter,
): void {
  if ('string' in value) for (const one of several(value.string)) pbf.writeStringField(2, one)
  else if ('int' in value) for (const one of several(value.int)) pbf.writeVarintField(3, one)
  else if ('float' in value) for (const one of several(value.float)) pbf.writeFloatField(4, one)
  else if ('bool' in value) for (const one of several(value.bool)) pbf.writeBooleanField(5, one)
  else for (const one of several(value.type)) pbf.writeVarintField(6, one)
}

function several<T extends string | number | boolean>(value: T | readonly T[]): readonly T[] {
  return typeof value === 'object' ? value : [value]
}

function writeShape(shape: readonly number[], pbf: PbfWriter): void {
  for (const side of shape) {
    pbf.writeMessage(2, (length: number, dimension) => dimension.writeVarintField(1, length), side)
  }
}

function writeTensor({ type, shape, values }: TensorValue, pbf: PbfWriter): void {
  pbf.writeVarintField(1, type)
  pbf.writeMessage(2, writeShape, shape)
  pbf.writeBytesField(4, new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
}
