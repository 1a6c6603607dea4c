import type { TrainerApi } from '../protocol/requests'
import { AttachedRun } from '../run/AttachedRun'
import { findRun } from './findRun'
import { follow } from './follow'

/** `multigrid watch RUN` */
export async function watch([name]: string[]): Promise<number> {
  const run = new AttachedRun(findRun(name))
  return follow(run, () => run.open())
}

/** One request to a living run, its answer printed. */
export function order(ask: (api: TrainerApi) => Promise<unknown>): (args: string[]) => Promise<number> {
  return async ([name]) => {
    const run = new AttachedRun(findRun(name))
    try {
      await run.open()
      const answer = await ask(run.api)
      process.stdout.write(`${JSON.stringify(answer)}\n`)
      return 0
    } finally {
      run.dispose()
    }
  }
}
