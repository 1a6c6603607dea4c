import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { parseConfig } from '../../../src/config/parse'
import type { NetworkSettings } from '../../../src/network/settings'
import { loadBackend } from '../../../src/trainer/backends/load'
import { createNetwork } from '../../../src/trainer/models/Network'

beforeAll(async () => {
  await loadBackend('auto')
})

it.each([
  { arch: 'i3d', nonLocal: false, frames: 1, size: 32, fits: false },
  { arch: 'c2d', nonLocal: false, frames: 1, size: 32, fits: false },
  { arch: 'i3d', nonLocal: false, frames: 2, size: 32, fits: true },
  { arch: 'slow', nonLocal: false, frames: 1, size: 8, fits: true },
  { arch: 'slow', nonLocal: true, frames: 1, size: 16, fits: false },
  { arch: 'slow', nonLocal: true, frames: 1, size: 17, fits: true },
] as const)(
  '$arch (non-local: $nonLocal) on $frames × $size²: the schedule is doubted where the network fails',
  ({ arch, nonLocal, frames, size, fits }) => {
    const model = { arch, nonLocal, depth: 18, width: 8, alpha: 4, betaInv: 8, dropout: 0 } as const
    expect(takes(model, frames, size)).toBe(fits)
    const { problems } = parseConfig(
      JSON.stringify({
        data: { train: 't', frames, crop: size },
        model,
        multigrid: { longCycle: false, shortCycle: false },
      }),
    )
    expect(problems.filter(({ path }) => path.startsWith('model.'))).toHaveLength(fits ? 0 : 1)
  },
)

/** Whether the network makes numbers of a clip. */
function takes(model: NetworkSettings, frames: number, size: number): boolean {
  const network = createNetwork(model, 5, { seed: 0 })
  const weights = { parameters: network.parameters.flat, statistics: network.statistics.inGroups(1) }
  try {
    return tf.tidy(() => {
      const clip = tf.randomUniform<tf.Rank.R5>([1, frames, size, size, 3])
      const logits = network.evaluate(clip, weights).dataSync()
      return logits.length === 5 && logits.every(Number.isFinite)
    })
  } catch {
    return false
  } finally {
    network.dispose()
  }
}
