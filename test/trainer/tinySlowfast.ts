/** The smallest SlowFast that has every kind of layer. */
export const tinySlowfast = {
  arch: 'slowfast',
  depth: 18,
  width: 2,
  alpha: 4,
  betaInv: 2,
  nonLocal: false,
  dropout: 0,
} as const
