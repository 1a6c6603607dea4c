import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { command, Followed, forHours, removeWorkspaces, workspace } from './workspace'

afterAll(removeWorkspaces)

/** A few thousand a second for five seconds, as evenly as a process can. */
function sendSignals(pid: number): Promise<unknown> {
  const code = `
    const pause = new Int32Array(new SharedArrayBuffer(4))
    for (const end = Date.now() + 5_000; Date.now() < end; Atomics.wait(pause, 0, 0, 0.2)) process.kill(${pid}, 'SIGUSR2')`
  return promisify(execFile)(process.execPath, ['-e', code])
}

// TensorFlow's kernels for AVX-512 do not survive a signal in their thread; on other processors this passes anyway.
it.skipIf(process.platform === 'win32')(
  'a trainer goes on computing while signals pour in, as from thousands of ffmpegs that end',
  { timeout: 120_000 },
  async () => {
    const place = await workspace((schedule) => ({
      ...forHours(schedule),
      data: { ...schedule.data, frames: 16, crop: 64, jitter: [72, 80] },
      model: { ...schedule.model, width: 16 },
    }))
    const run = Followed.of(place)
    try {
      // A handler as Node has one for its children while there are any.
      const handler = path.join(place.folder, 'handler.cjs')
      writeFileSync(handler, "process.on('SIGUSR2', () => undefined)")
      await run.run.start(await command({ NODE_OPTIONS: `--require ${JSON.stringify(handler)}` }))
      await run.untilStep(1)
      const { pid } = run.run.record
      const before = run.ofType('step').length
      await sendSignals(pid!)
      await run.untilStep(before + 10)
      const last = run.events.at(-1)!
      expect(run.states.at(-1), JSON.stringify(last)).toBe('running')
      await run.run.api.stop({ checkpoint: false })
      await run.run.ended()
    } finally {
      run.kill()
    }
  },
)
