import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { loadBackend } from '../../../src/trainer/backends/load'
import { createNetwork } from '../../../src/trainer/models/Network'
import { Optimiser } from '../../../src/trainer/optimiser'
import { trainStep } from '../../../src/trainer/step'
import { noise } from '../../../src/trainer/timeShapes'

it('the heap of the WebAssembly module stops growing', async () => {
  await loadBackend('wasm')
  const settings = { arch: 'slowfast', depth: 18, width: 4, alpha: 4, betaInv: 2, dropout: 0.5 } as const
  const network = createNetwork({ ...settings, nonLocal: false }, 5, { seed: 1 })
  const sgd = { momentum: 0.9, nesterov: true, weightDecay: 1e-4, noBiasDecay: false }
  const optimiser = new Optimiser(network.parameters, sgd)
  const clips = noise({ batch: 8, frames: 4, size: 32 })
  const sizes = Array.from({ length: 60 }, (_, iteration) => {
    trainStep(network, optimiser, clips, { lr: 1e-3, splits: 2, seed: 1, iteration })
    return (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length
  })
  expect(new Set(sizes.slice(10)).size).toBe(1)
})
