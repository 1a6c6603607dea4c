import { describe, expect, it } from 'vitest'
import type { EventOf } from '../../src/protocol/events'
import { Progress } from '../../src/trainer/Progress'

const step = (iteration: number): EventOf<'step'> => ({
  type: 'step',
  ...{ iteration, epoch: iteration / 10, phase: 0, lr: 0.1, loss: 1, top1: 0, clips: 8 },
  shape: { batch: 8, frames: 4, size: 32, stride: 2 },
  seconds: { data: 0.5, compute: 1 },
  ...{ progress: 0, secondsLeft: 1 },
})

const plan: EventOf<'plan'> = {
  type: 'plan',
  plan: { epochs: 10, phases: [] },
  iterations: 100,
  rates: [],
  changes: [],
}

describe('how far a run is, as its record keeps it', () => {
  it('is nothing before a plan, then steps and the time that they and evaluations take', () => {
    const progress = new Progress()
    progress.take({ type: 'state', state: 'starting', reason: '' })
    expect(progress.current).toBeUndefined()
    progress.take(plan)
    progress.take(step(0))
    progress.take(step(1))
    const said = { loss: 1, top1: 1, top5: 1, k: 2, clips: 8 }
    progress.take({ type: 'evaluation', iteration: 2, epoch: 0.2, seconds: 4, ...said })
    expect(progress.current).toEqual({ iteration: 2, iterations: 100, epoch: 0.1, epochs: 10, seconds: 7 })
    progress.take({ type: 'checkpoint', path: '', iteration: 2, epoch: 0.2, bytes: 1, best: true })
    expect(progress.current).toMatchObject({ iteration: 2, epoch: 0.2 })
  })

  it('goes on from the checkpoint of a process that resumes it, and from the time of the one before', () => {
    const progress = new Progress({ iteration: 50, iterations: 100, epoch: 5, epochs: 10, seconds: 75 })
    progress.take({
      type: 'run',
      ...{ id: 'r', name: 'r', model: 'm', parameters: 1, flopsPerClip: [], classes: [] },
      ...{ clips: { train: 1, val: 1 }, backend: 'wasm', device: 'CPU', reason: '', versions: {} },
      ...{ iteration: 40, epoch: 4 },
    })
    progress.take({ ...plan, iterations: 80, plan: { epochs: 8, phases: [] } })
    progress.take(step(40))
    expect(progress.current).toEqual({ iteration: 41, iterations: 80, epoch: 4, epochs: 8, seconds: 76.5 })
  })
})
