import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { testedBackends } from '../trainer/backend'
import { command, Followed, removeWorkspaces, workspace } from '../trainer/process/workspace'

afterAll(removeWorkspaces)

/** Moments of a seeded draw, in ms after a start's first step, wherever the run is then. */
const moments = Array.from({ length: 12 }, (_, kill) => (Math.imul(kill + 1, 2_654_435_761) >>> 8) % 2500)

describe.each(testedBackends)('on %s', (backend) => {
  it('a run that is killed again and again ends with the losses and the weights of one that was not', async () => {
    const place = () =>
      workspace((schedule) => ({
        ...schedule,
        data: { ...schedule.data, flip: true, stride: 2 },
        train: { ...schedule.train, epochs: 10, steps: [0, 5, 8], preciseBatches: 2 },
        engine: { backend },
      }))
    const whole = Followed.of(await place())
    await whole.run.start(await command())
    await whole.run.ended()
    const killed = Followed.of(await place())
    try {
      for (const moment of moments) {
        const before = killed.events.length
        await killed.run.start(await command())
        await killed.until((event) => event.type === 'step' && event.seq > before)
        await Promise.race([delay(moment), killed.run.ended()])
        if (killed.run.history.current.state === 'finished') break
        killed.kill()
        await killed.run.ended()
      }
      if (killed.run.history.current.state !== 'finished') {
        await killed.run.start(await command())
        await killed.run.ended()
      }
    } finally {
      killed.kill()
    }
    const starts = killed.ofType('run').length
    expect(starts, 'the kills came too late to mean anything').toBeGreaterThan(4)
    const last = (run: Followed) =>
      new Map(run.ofType('step').map(({ iteration, loss }) => [iteration, loss]))
    const expected = last(whole)
    // Every step that was ever taken, those that a kill lost and that were taken again included.
    for (const { iteration, loss } of killed.ofType('step')) expect(loss).toBe(expected.get(iteration))
    expect(last(killed)).toEqual(expected)
    const saved = (run: Followed, file: string): Buffer =>
      readFileSync(path.join(run.run.folder, 'checkpoints', String(expected.size), file))
    for (const file of ['model.safetensors', 'optimizer.safetensors']) {
      expect(saved(killed, file).equals(saved(whole, file)), file).toBe(true)
    }
    console.log(`${backend}: ${starts} starts, ${killed.ofType('step').length} steps for ${expected.size}`)
  })
})
