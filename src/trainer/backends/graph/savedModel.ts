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
  | { readonly function: string }
  | { readonly bytes: Uint8Array }

export interface TensorValue {
  /** TensorFlow's number for the kind of its values. */
  readonly type: number
  readonly shape: readonly number[]
  readonly values: ArrayBufferView
}

/** What `saved_model.pb` tells TensorFlow to look for. */
export const tag = 'serve'

/** A graph whose inputs and outputs are its first and last nodes: placeholders, and identities of what is computed. */
export interface Graph {
  readonly inputs: readonly GraphNode[]
  readonly nodes: readonly GraphNode[]
  readonly outputs: readonly GraphNode[]
}

/**
 * The bytes of a `saved_model.pb` that holds one graph. Field numbers are those of TensorFlow's saved_model.proto,
 * meta_graph.proto, graph.proto, function.proto, op_def.proto, node_def.proto, attr_value.proto, config.proto,
 * tensor.proto and tensor_shape.proto.
 */
export function savedModel(graph: Graph): Uint8Array {
  const model = new PbfWriter()
  model.writeVarintField(1, 1)
  model.writeMessage(2, writeMetaGraph, graph)
  return model.finish()
}

function writeMetaGraph(graph: Graph, pbf: PbfWriter): void {
  pbf.writeMessage(1, (value: string, info) => info.writeStringField(4, value), tag)
  pbf.writeMessage(2, writeGraph, graph)
}

/** That of TensorFlow 2.9, the oldest that is installed; later ones run its graphs. */
const graphVersion = 1087

/**
 * TensorFlow would spend seconds on optimising each graph, and find nothing. What it computes is the body of a function,
 * therefore, whose call says not to. Where an operation's outputs have no known names, that cannot be written.
 */
function writeGraph(graph: Graph, pbf: PbfWriter): void {
  const inFunction = graph.nodes.every(({ op }) => Object.hasOwn(outputNames, op))
  const nodes = inFunction
    ? [...graph.inputs, callOf(graph), ...graph.outputs.map(outputOfCall)]
    : [...graph.inputs, ...graph.nodes, ...graph.outputs]
  for (const node of nodes) pbf.writeMessage(1, writeNode, node)
  if (inFunction) {
    pbf.writeMessage(2, (own: Graph, library) => library.writeMessage(1, writeFunction, own), graph)
  }
  pbf.writeMessage(4, (version: number, versions) => versions.writeVarintField(1, version), graphVersion)
}

const [functionName, callName] = ['step', 'call']

function callOf({ inputs, outputs }: Graph): GraphNode {
  return {
    name: callName,
    op: 'PartitionedCall',
    inputs: inputs.map(({ name }) => name),
    attributes: {
      Tin: { type: inputs.map(typeOf) },
      Tout: { type: outputs.map(typeOf) },
      f: { function: functionName },
      config_proto: { bytes: withoutOptimiser() },
    },
  }
}

function outputOfCall(node: GraphNode, index: number): GraphNode {
  return { ...node, inputs: [`${callName}:${index}`] }
}

/** A ConfigProto: graph_options.rewrite_options.disable_meta_optimizer. */
function withoutOptimiser(): Uint8Array {
  const config = new PbfWriter()
  config.writeMessage(
    10,
    (_: undefined, graphOptions) =>
      graphOptions.writeMessage(
        10,
        (__: undefined, rewriter) => rewriter.writeBooleanField(19, true),
        undefined,
      ),
    undefined,
  )
  return config.finish()
}

function writeFunction({ inputs, nodes, outputs }: Graph, pbf: PbfWriter): void {
  pbf.writeMessage(1, writeSignature, { inputs, outputs })
  const ops = new Map(nodes.map(({ name, op }) => [name, op]))
  const within = (input: string): string => nameInFunction(input, ops)
  for (const node of nodes) pbf.writeMessage(3, writeNode, { ...node, inputs: node.inputs.map(within) })
  for (const {
    name,
    inputs: [from],
  } of outputs) {
    pbf.writeMessage(4, writeStringEntry, [name, within(from!)] as const)
  }
  // Or the graph's optimiser would take it for its own, and the call would be undone.
  pbf.writeMessage(5, writeEntry, ['_tf_data_function', { bool: true }] as [string, AttributeValue])
  pbf.writeMessage(5, writeEntry, ['_noinline', { bool: true }] as [string, AttributeValue])
}

function writeSignature({ inputs, outputs }: Omit<Graph, 'nodes'>, pbf: PbfWriter): void {
  pbf.writeStringField(1, functionName)
  for (const input of inputs) pbf.writeMessage(2, writeArgument, input)
  for (const output of outputs) pbf.writeMessage(3, writeArgument, output)
}

function writeArgument(node: GraphNode, pbf: PbfWriter): void {
  pbf.writeStringField(1, node.name)
  pbf.writeVarintField(3, typeOf(node))
}

function writeStringEntry([key, value]: readonly [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key)
  pbf.writeStringField(2, value)
}

/** `node:1` as functions have it: by the output's name, and its number where several share one. */
function nameInFunction(input: string, ops: ReadonlyMap<string, string>): string {
  const [node, output = '0'] = input.split(':') as [string, string?]
  const op = ops.get(node)
  if (op === undefined) return node // an argument
  const names = outputNames[op]!
  return typeof names === 'string' ? `${node}:${names}:${output}` : `${node}:${names[Number(output)]!}:0`
}

/** Placeholders say it as `dtype`, identities as `T`. */
function typeOf({ attributes }: GraphNode): number {
  return ((attributes['dtype'] ?? attributes['T']) as { type: number }).type
}

/** Names of the outputs of operations: one for all of them, or one for each. */
const outputNames: Readonly<Record<string, string | readonly string[]>> = {
  ...every('output', [
    ...[
      'Const',
      'Identity',
      'Reshape',
      'Slice',
      'SplitV',
      'ConcatV2',
      'PadV2',
      'Tile',
      'GatherV2',
      'Bitcast',
    ],
    ...['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter', 'MaxPool', 'MaxPoolGrad'],
    ...['BatchMatMulV2', 'Mean', 'Sum'],
  ]),
  ...every('z', ['Add', 'AddV2', 'Sub', 'Mul', 'RealDiv', 'SquaredDifference']),
  ...every('y', ['Cast', 'Transpose', 'Square', 'Sqrt', 'Rsqrt', 'Exp', 'Neg']),
  AddN: 'sum',
  Relu: 'activations',
  ReluGrad: 'backprops',
  Softmax: 'softmax',
  SparseSoftmaxCrossEntropyWithLogits: ['loss', 'backprop'],
  FusedBatchNormV3: [
    ...['y', 'batch_mean', 'batch_variance'],
    ...['reserve_space_1', 'reserve_space_2', 'reserve_space_3'],
  ],
  FusedBatchNormGradV3: [
    ...['x_backprop', 'scale_backprop', 'offset_backprop'],
    ...['reserve_space_4', 'reserve_space_5'],
  ],
}

function every(name: string, ops: readonly string[]): Record<string, string> {
  return Object.fromEntries(ops.map((op) => [op, name]))
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
  else if ('function' in value) {
    pbf.writeMessage(10, (name: string, list) => list.writeStringField(1, name), value.function)
  } else if ('bytes' in value) pbf.writeBytesField(2, value.bytes)
  else if (Array.isArray(Object.values(value)[0])) pbf.writeMessage(1, writeScalars, value)
  else writeScalars(value, pbf)
}

/** One value as an attribute holds it, or several as a list does: their field numbers are the same. */
function writeScalars(
  value: Extract<
    AttributeValue,
    { string: unknown } | { int: unknown } | { float: unknown } | { bool: unknown } | { type: unknown }
  >,
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
