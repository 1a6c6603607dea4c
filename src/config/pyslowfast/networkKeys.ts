import {
  affinityOf,
  architectures,
  blocksByDepth,
  lateralKernelOf,
  nonLocalAfter,
} from '../../network/architecture'
import type { Config } from '../schema'

/** Keys of PySlowFast, beyond those that a schedule has too, without which it would build another network, or none. */
export function networkKeys(model: Config['model']): ReadonlyMap<string, unknown> {
  const { length: pathways } = architectures[model.arch].pathways
  const affinity = affinityOf(model)
  const perPathway = <T>(values: readonly T[]): T[][] => values.map((value) => Array<T>(pathways).fill(value))
  const located = nonLocalAfter.map((blocks) => [affinity ? blocks : [], ...(pathways === 2 ? [[]] : [])])
  return new Map<string, unknown>([
    ['DATA.INPUT_CHANNEL_NUM', Array(pathways).fill(3)],
    ['RESNET.TRANS_FUNC', 'bottleneck_transform'],
    ['RESNET.STRIDE_1X1', false],
    ['RESNET.NUM_BLOCK_TEMP_KERNEL', perPathway(blocksByDepth[model.depth])],
    ['RESNET.SPATIAL_STRIDES', perPathway([1, 2, 2, 2])],
    ['RESNET.SPATIAL_DILATIONS', perPathway([1, 1, 1, 1])],
    ['NONLOCAL.LOCATION', located],
    ['NONLOCAL.GROUP', perPathway([1, 1, 1, 1])],
    ...(affinity ? ([['NONLOCAL.INSTANTIATION', affinity]] as const) : []),
    ...(pathways === 2 ? ([['SLOWFAST.FUSION_KERNEL_SZ', lateralKernelOf(model)]] as const) : []),
  ])
}
