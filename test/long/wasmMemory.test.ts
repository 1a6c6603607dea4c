import { afterAll, expect, it } from 'vitest'
import { command, Followed, removeWorkspaces, workspace } from '../trainer/process/workspace'

afterAll(removeWorkspaces)

it('a step that WebAssembly has no memory for ends the run with what to lower', async () => {
  const run = Followed.of(
    await workspace((schedule) => ({
      ...schedule,
      data: { ...schedule.data, frames: 64, crop: 320, jitter: [360, 400] },
      model: { ...schedule.model, width: 32 },
      engine: { backend: 'wasm' },
    })),
  )
  try {
    await run.run.start(await command())
    await run.run.ended()
  } finally {
    run.kill()
  }
  expect(run.run.history.current.state).toBe('failed')
  expect(run.run.history.current.reason).toMatch(
    /^A step of 32 × 16 × 160² does not fit in WebAssembly's memory \(4 GiB at most; .*Lower train\.batch/,
  )
})
