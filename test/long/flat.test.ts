import { describe, expect, it } from 'vitest'
import { loadBackend } from '../../src/trainer/backends/load'
import { tensorCount } from '../../src/trainer/backends/tensorCount'
import { createNetwork } from '../../src/trainer/models/Network'
import { PreciseStatistics } from '../../src/trainer/models/PreciseStatistics'
import { groupStatistics, stateDict } from '../../src/trainer/models/stateDict'
import { Optimiser } from '../../src/trainer/optimiser'
import { evaluateStep, observeStatistics, trainStep } from '../../src/trainer/step'
import { noise } from '../../src/trainer/timeShapes'
import { testedBackends } from '../trainer/backend'

/** In MiB: what the heaps of JavaScript and the allocator may still settle by; a leak of 100 KiB a step would be 150. */
const settling = 40
const steps = 2000
const shapes = [
  [8, 4, 24],
  [4, 8, 32],
  [8, 8, 23],
  [4, 4, 32],
  [8, 4, 32],
] as const

describe.each(testedBackends)('on %s', (backend) => {
  it('tensors and memory are flat over 2,000 steps that change shape at every one', async () => {
    await loadBackend(backend)
    const settings = { arch: 'slowfast', depth: 18, width: 4, alpha: 4, betaInv: 2, dropout: 0.5 } as const
    const network = createNetwork({ ...settings, nonLocal: false }, 5, { seed: 1 })
    const sgd = { momentum: 0.9, nesterov: true, weightDecay: 1e-4, noBiasDecay: false }
    const optimiser = new Optimiser(network.parameters, sgd)
    const rss: number[] = []
    let tensors: ReturnType<typeof tensorCount> | undefined
    for (let iteration = 0; iteration < steps; iteration++) {
      await new Promise(setImmediate) // or the test runner takes the process for dead
      const [batch, frames, size] = shapes[iteration % shapes.length]!
      const clips = noise({ batch, frames, size })
      const parts = iteration % 3 === 0 ? 2 : 1
      trainStep(network, optimiser, clips, { lr: 1e-3, splits: 2, parts, seed: 1, iteration, clip: 10 })
      if (iteration % 50 === 49) {
        const precise = new PreciseStatistics(network.statistics)
        observeStatistics(network, clips, { splits: 2, observe: (statistics) => precise.add(statistics) })
        precise.take()
        evaluateStep(network, clips)
        stateDict(network)
        groupStatistics(network)
        optimiser.export()
        trainStep(network, optimiser, clips, { lr: 1e-3, splits: 2, seed: 1, iteration })
      }
      if (iteration >= shapes.length) {
        tensors ??= tensorCount()
        expect(tensorCount(), `after step ${iteration}`).toEqual(tensors)
      }
      rss.push(process.memoryUsage.rss() / 2 ** 20)
    }
    const window = Math.floor(steps / 10)
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
    const early = mean(rss.slice(2 * window, 3 * window))
    const late = mean(rss.slice(-window))
    console.log(`${backend}: ${early.toFixed(0)} MiB early, ${late.toFixed(0)} MiB late, tensors`, tensors)
    expect(late - early).toBeLessThan(settling)
    optimiser.dispose()
    network.dispose()
  })
})
