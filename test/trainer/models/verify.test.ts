import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadBackend } from '../../../src/trainer/backends/load'
import { verifyModel } from '../../../src/trainer/verify'
import type { QuantityError } from '../../../src/trainer/verify'
import { testedBackends } from '../backend'

const fixture = 'test/fixtures/tinySlowfast.safetensors'
// Larger files of the reference itself, where a checkout has them beside it.
const beside = '../shared/golden/models'
const golden = existsSync(beside) ? readdirSync(beside) : []

describe.each(testedBackends)('on %s', (backend) => {
  beforeAll(async () => {
    await loadBackend(backend)
  })

  it('a tiny SlowFast computes what PyTorch does, forward and backward', () => {
    const { errors } = verifyModel(readFileSync(fixture), fixture)
    expect(worst(errors, /^(evalProbs|trainLogits|trainLoss)$/)).toBeLessThan(1e-4)
    expect(worst(errors, /^bnAfter/)).toBeLessThan(1e-4)
    expect(errors.filter(({ quantity }) => quantity.startsWith('grad/')).length).toBeGreaterThan(50)
    expect(worst(errors, /^grad/)).toBeLessThan(1e-3)
  })

  it.skipIf(golden.length === 0).each(golden.map((name) => [name]))(
    'the reference’s %s computes the same, as far as single precision says anything',
    (name) => {
      const { errors, summary } = verifyModel(readFileSync(path.join(beside, name)), name)
      // One tie that none of the few disturbances turned may be among hundreds of gradients.
      expect(summary.unexplained.length).toBeLessThanOrEqual(0.03 * errors.length)
      const quiet = (which: RegExp, most: number) =>
        errors.filter(({ quantity, rounding }) => which.test(quantity) && rounding < most)
      // Where nothing is near a tie, the numbers are the same.
      const forward = quiet(/^(evalProbs|trainLoss|trainLogits|bnAfter)/, 1e-4)
      expect(forward.length).toBeGreaterThan(10)
      for (const { quantity, error } of forward) expect(error, quantity).toBeLessThan(1e-4)
      for (const { quantity, error } of quiet(/^grad/, 1e-5)) expect(error, quantity).toBeLessThan(1e-3)
      expect(
        Math.max(...errors.filter(({ quantity }) => quantity === 'evalProbs').map(({ error }) => error)),
      ).toBeLessThan(1e-5)
    },
  )
})

function worst(errors: readonly QuantityError[], which: RegExp): number {
  const chosen = errors.filter(({ quantity }) => which.test(quantity))
  expect(chosen).not.toHaveLength(0)
  return Math.max(...chosen.map(({ error }) => error))
}
