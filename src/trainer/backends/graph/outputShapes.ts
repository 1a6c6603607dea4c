/** What the shapes of an operation's outputs follow from. */
export interface Operation {
  readonly op: string
  readonly shapes: readonly (readonly number[])[]
  readonly attributes: ReadonlyMap<string, unknown>
  /** The values of an input that is a constant. */
  readonly constant: (input: number) => readonly number[]
}

type Shape = readonly number[]
type Inference = (operation: Operation) => readonly Shape[]

/** Shapes of the outputs of an operation that is not run; throws for one that no rule is known of. */
export function outputShapes(operation: Operation): readonly Shape[] {
  const infer = Object.hasOwn(rules, operation.op) ? rules[operation.op] : undefined
  if (!infer) throw new Error(`The shapes that ${operation.op} gives are not known: add a rule for it.`)
  return infer(operation)
}

const asFirst: Inference = ({ shapes }) => [shapes[0]!]
const broadcast: Inference = ({ shapes: [a, b] }) => [broadcastShape(a!, b!)]
const reduced: Inference = ({ shapes: [from], constant, attributes }) => {
  const axes = constant(1).map((axis) => (axis < 0 ? axis + from!.length : axis))
  const keeps = attributes.get('keep_dims') === true
  return [from!.flatMap((side, axis) => (!axes.includes(axis) ? [side] : keeps ? [1] : []))]
}

const rules: Readonly<Record<string, Inference>> = {
  ...all(asFirst, [
    ...['Cast', 'Identity', 'Relu', 'Softmax', 'Square', 'Sqrt', 'Rsqrt', 'Exp', 'Neg', 'AddN'],
    ...['ReluGrad', 'MaxPoolGrad', 'Abs', 'Log1p', 'Sigmoid'],
  ]),
  ...all(broadcast, ['Add', 'AddV2', 'Sub', 'Mul', 'RealDiv', 'SquaredDifference']),
  ...all(reduced, ['Mean', 'Sum']),
  Bitcast: ({ shapes: [from] }) => [[...from!, 4]], // of 32 bits into bytes, as it is used here
  Reshape: ({ shapes: [from], constant }) => [resolved(constant(1), size(from!))],
  Slice: ({ shapes: [from], constant }) => {
    const begin = constant(1)
    return [constant(2).map((length, axis) => (length < 0 ? from![axis]! - begin[axis]! : length))]
  },
  SplitV: ({ shapes: [from], constant }) => {
    const [axis] = constant(2)
    return constant(1).map((length) => from!.map((side, at) => (at === axis ? length : side)))
  },
  ConcatV2: ({ shapes, constant }) => {
    const parts = shapes.slice(0, -1)
    const [axis] = constant(shapes.length - 1)
    const length = parts.reduce((sum, part) => sum + part[axis!]!, 0)
    return [parts[0]!.map((side, at) => (at === axis ? length : side))]
  },
  PadV2: ({ shapes: [from], constant }) => {
    const around = constant(1)
    return [from!.map((side, axis) => side + around[2 * axis]! + around[2 * axis + 1]!)]
  },
  Tile: ({ shapes: [from], constant }) => [from!.map((side, axis) => side * constant(1)[axis]!)],
  Transpose: ({ shapes: [from], constant }) => [constant(1).map((axis) => from![axis]!)],
  GatherV2: ({ shapes: [from, indices], constant }) => {
    const [axis] = constant(2)
    return [[...from!.slice(0, axis), ...indices!, ...from!.slice(axis! + 1)]]
  },
  BatchMatMulV2: ({ shapes: [a, b], attributes }) => {
    const [rows, columns] = [attributes.get('adj_x') ? -1 : -2, attributes.get('adj_y') ? -2 : -1]
    return [[...broadcastShape(a!.slice(0, -2), b!.slice(0, -2)), a!.at(rows)!, b!.at(columns)!]]
  },
  Conv2D: ({ shapes: [x, filter], attributes }) => {
    const [height, width, , channels] = filter as [number, number, number, number]
    return [windowed(x!, [height, width], channels, attributes)]
  },
  MaxPool: ({ shapes: [x], attributes }) => {
    const [, height, width] = attributes.get('ksize') as number[]
    return [windowed(x!, [height!, width!], x![3]!, attributes)]
  },
  Conv2DBackpropInput: ({ constant }) => [constant(0)],
  Conv2DBackpropFilter: ({ constant }) => [constant(1)],
  FusedBatchNormV3: ({ shapes: [x, scale] }) => [x!, scale!, scale!, scale!, scale!, [0]],
  FusedBatchNormGradV3: ({ shapes: [x, , scale] }) => [x!, scale!, scale!, [0], [0]],
  SparseSoftmaxCrossEntropyWithLogits: ({ shapes: [logits] }) => [[logits![0]!], logits!],
}

function all(rule: Inference, ops: readonly string[]): Record<string, Inference> {
  return Object.fromEntries(ops.map((op) => [op, rule]))
}

function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  const side = (shape: Shape, axis: number): number => shape[axis - rank + shape.length] ?? 1
  return Array.from({ length: rank }, (_, axis) => {
    const [own, other] = [side(a, axis), side(b, axis)]
    return own === 1 ? other : own
  })
}

function windowed(
  x: Shape,
  window: readonly [number, number],
  channels: number,
  attributes: ReadonlyMap<string, unknown>,
): Shape {
  const strides = attributes.get('strides') as number[]
  const padding = attributes.get('padding')
  const around = (attributes.get('explicit_paddings') as number[] | undefined) ?? []
  const sides = window.map((length, i) => {
    const axis = i + 1
    const stride = strides[axis]!
    if (padding === 'SAME') return Math.ceil(x[axis]! / stride)
    const zeros = padding === 'EXPLICIT' ? around[2 * axis]! + around[2 * axis + 1]! : 0
    return Math.floor((x[axis]! + zeros - length) / stride) + 1
  })
  return [x[0]!, ...sides, channels]
}

function resolved(shape: Shape, values: number): Shape {
  const known = shape.reduce((product, side) => (side < 0 ? product : product * side), 1)
  return shape.map((side) => (side < 0 ? values / known : side))
}

function size(shape: Shape): number {
  return shape.reduce((product, side) => product * side, 1)
}
