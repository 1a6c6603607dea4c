import type { Arch, Depth, NetworkSettings } from './settings'

/** Blocks of the stages s2 to s5. */
export const blocksByDepth: Readonly<Record<Depth, Four>> = {
  18: [2, 2, 2, 2],
  50: [3, 4, 6, 3],
  101: [3, 4, 23, 3],
}

export type Four = readonly [number, number, number, number]

/** Temporal kernels of one pathway; a stage's list repeats over its blocks. */
export interface Pathway {
  readonly stem: number
  readonly stages: readonly [readonly number[], readonly number[], readonly number[], readonly number[]]
}

const slow: Pathway = { stem: 1, stages: [[1], [1], [3], [3]] }
const fast: Pathway = { stem: 5, stages: [[3], [3], [3], [3]] }

/** The networks of the reference (Feichtenhofer et al. 2019; Carreira and Zisserman 2017; Wang et al. 2018). */
export const architectures: Readonly<Record<Arch, Architecture>> = {
  slowfast: { pathways: [slow, fast], halvesTime: false, affinity: 'dot_product' },
  slow: { pathways: [slow], halvesTime: false, affinity: 'dot_product' },
  i3d: {
    pathways: [{ stem: 5, stages: [[3], [3, 1], [3, 1], [1, 3]] }],
    halvesTime: true,
    affinity: 'softmax',
  },
  c2d: { pathways: [{ stem: 1, stages: [[1], [1], [1], [1]] }], halvesTime: true, affinity: 'softmax' },
}

export interface Architecture {
  readonly pathways: readonly [Pathway] | readonly [slow: Pathway, fast: Pathway]
  /** Whether a pool after s2 halves the number of frames. */
  readonly halvesTime: boolean
  readonly affinity: Affinity
}

export type Affinity = 'softmax' | 'dot_product'

/** Blocks of the slow pathway's stages that a non-local block follows. */
export const nonLocalAfter: readonly (readonly number[])[] = [[], [1, 3], [1, 3, 5], []]

export function affinityOf({ arch, nonLocal }: NetworkSettings): Affinity | undefined {
  if (nonLocal === false) return undefined
  return nonLocal === true ? architectures[arch].affinity : nonLocal
}

/** Channels that a lateral connection carries, for one of the fast pathway. */
export const lateralRatio = 2

/** Frames that a lateral connection spans. */
export function lateralKernelOf({ lateralKernel, nonLocal }: NetworkSettings): number {
  return lateralKernel ?? (nonLocal === false ? 7 : 5)
}
