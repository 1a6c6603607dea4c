export type Arch = 'slowfast' | 'slow' | 'i3d' | 'c2d'
export type Depth = 18 | 50 | 101

/** The `model` part of a schedule file, as far as the network goes. */
export interface NetworkSettings {
  readonly arch: Arch
  readonly depth: Depth
  /** Channels of the stem and of the first stage's bottlenecks. */
  readonly width: number
  /** Frames of the fast pathway for one of the slow pathway. */
  readonly alpha: number
  /** Channels of the slow pathway for one of the fast pathway. */
  readonly betaInv: number
  readonly nonLocal: boolean | 'softmax' | 'dot_product'
  readonly dropout: number
  /** Frames that a lateral connection of SlowFast spans. Left out: 5 with non-local blocks, else 7, as in the reference's recipes. */
  readonly lateralKernel?: number
}
