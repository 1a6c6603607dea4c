import { describe, expect, it } from 'vitest'
import { flops } from '../../src/network/flops'
import type { NetworkSettings } from '../../src/network/settings'

const paper: NetworkSettings = {
  arch: 'slowfast',
  depth: 50,
  width: 64,
  alpha: 8,
  betaInv: 8,
  nonLocal: false,
  dropout: 0.5,
}
const giga = (settings: NetworkSettings, frames: number): number =>
  flops(settings, 400, { frames, size: 256 }) / 1e9

describe('a clip costs what is published for 256 × 256 (Feichtenhofer et al. 2019, table 2; PyTorchVideo’s model zoo)', () => {
  it.each([
    ['Slow R50 8 × 8', { ...paper, arch: 'slow' }, 8, 54.5],
    ['SlowFast R50 4 × 16', { ...paper, lateralKernel: 5 }, 32, 36.1],
    ['SlowFast R50 8 × 8', { ...paper, alpha: 4, lateralKernel: 7 }, 32, 65.7],
    ['SlowFast R101 8 × 8', { ...paper, depth: 101, alpha: 4, lateralKernel: 7 }, 32, 127.2],
  ] as const)('%s', (_, settings, frames, published) => {
    expect(Math.abs(giga(settings, frames) / published - 1)).toBeLessThan(0.015)
  })
})

it('a clip of half the frames costs half, and one of half the side a quarter', () => {
  const small: NetworkSettings = { ...paper, depth: 18, width: 8, alpha: 4 }
  const cost = (frames: number, size: number): number => flops(small, 12, { frames, size })
  expect(cost(16, 128) / cost(32, 128)).toBeCloseTo(0.5, 3)
  expect(cost(32, 64) / cost(32, 128)).toBeCloseTo(0.25, 2)
})
