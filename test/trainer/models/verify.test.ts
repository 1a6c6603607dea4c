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
const golden = existsSync(beside) ? readdirSync(beside).filter((name) => name.startsWith('slowfast')) : []

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

  it.skipIf(golden.length === 0)(
    'the reference’s SlowFast networks have its probabilities, losses and statistics',
    () => {
      for (const name of golden) {
        const { errors } = verifyModel(readFileSync(path.join(beside, name)), name)
        expect(worst(errors, /^(evalProbs|trainLoss|bnAfter)/), name).toBeLessThan(1e-4)
        expect(worst(errors, /^trainLogits/), name).toBeLessThan(2e-4)
        // A ReLU whose input is near zero is decided by rounding, so that single precision and double differ by 7 % here.
        expect(worst(errors, /^grad/), name).toBeLessThan(0.2)
        expect(middle(errors, /^grad/), name).toBeLessThan(5e-2)
      }
    },
  )
})

function worst(errors: readonly QuantityError[], which: RegExp): number {
  const chosen = errors.filter(({ quantity }) => which.test(quantity))
  expect(chosen).not.toHaveLength(0)
  return Math.max(...chosen.map(({ error }) => error))
}

/** Errors come in order. */
function middle(errors: readonly QuantityError[], which: RegExp): number {
  const chosen = errors.filter(({ quantity }) => which.test(quantity))
  return chosen[Math.floor(chosen.length / 2)]!.error
}
