import type { Kernels } from '../../src/trainer/backends/Kernels'

export const families = [
  'convolution forward',
  'convolution input gradient',
  'convolution filter gradient',
  'batch norm forward',
  'batch norm backward',
  'activation',
  'pooling',
  'elementwise',
  'layout',
  'optimiser',
  'transfer',
  'freeing',
  'other ops',
] as const

export type Family = (typeof families)[number]

/** What a network is doing when it asks a kernel of its backend. */
export type Task = keyof Kernels | 'batchNormGradients' | 'optimiser'

/**
 * Where the time of an operation belongs: padding and moving are layout whatever they are for, the rest belongs to the
 * task at hand, and outside of one to what the operation is. Names are TensorFlow's, and TensorFlow.js's kernels.
 */
export function familyOf(op: string, task?: Task): Family {
  if (task === 'optimiser') return 'optimiser'
  const own = byOp.get(op)
  if (own === 'layout' || own === 'transfer') return own
  return (task && byTask[task]) ?? own ?? 'other ops'
}

const byTask: Readonly<Partial<Record<Task, Family>>> = {
  conv2d: 'convolution forward',
  conv2dInputGradient: 'convolution input gradient',
  conv2dFilterGradient: 'convolution filter gradient',
  maxPool: 'pooling',
  maxPoolGradient: 'pooling',
  relu: 'activation',
  reluGradient: 'activation',
  batchNorm: 'batch norm forward',
  batchNormFixed: 'batch norm forward',
  batchNormGradients: 'batch norm backward',
  unpack: 'transfer',
}

const opsOf: Readonly<Partial<Record<Family, readonly string[]>>> = {
  'convolution forward': ['Conv2D', 'Conv3D', 'FusedConv2D', '_FusedConv2D'],
  'convolution input gradient': ['Conv2DBackpropInput', 'Conv3DBackpropInput', 'Conv3DBackpropInputV2'],
  'convolution filter gradient': ['Conv2DBackpropFilter', 'Conv3DBackpropFilter', 'Conv3DBackpropFilterV2'],
  'batch norm forward': ['FusedBatchNorm', 'FusedBatchNormV3', '_FusedBatchNormEx'],
  'batch norm backward': ['FusedBatchNormGradV3'],
  activation: ['Relu', 'ReluGrad'],
  pooling: ['MaxPool', 'MaxPool3D', 'MaxPoolGrad', 'MaxPool3DGrad', 'AvgPool', 'AvgPool3D'],
  elementwise: [
    ...['Add', 'AddV2', 'AddN', 'Sub', 'Mul', 'Multiply', 'Div', 'RealDiv', 'Neg', 'Square', 'Sqrt', 'Rsqrt'],
    ...['SquaredDifference', 'Maximum', 'Minimum', 'Step', 'Exp', 'Log', 'Pow'],
  ],
  layout: [
    ...[
      'Pad',
      'PadV2',
      'Transpose',
      'Reshape',
      'Concat',
      'ConcatV2',
      'Slice',
      'StridedSlice',
      'Split',
      'SplitV',
    ],
    ...['Tile', 'Gather', 'GatherV2', 'Pack', 'Unpack', 'ExpandDims', 'Squeeze', 'Reverse', 'ReverseV2'],
    ...['Identity', 'BroadcastTo', 'Fill', 'ZerosLike', 'OnesLike'],
  ],
  transfer: ['Cast', 'Bitcast'],
}

const byOp: ReadonlyMap<string, Family> = new Map(
  families.flatMap((family) => (opsOf[family] ?? []).map((op) => [op, family] as const)),
)
