import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { HumanError } from '../HumanError'
import { runsFolder } from '../protocol/runRecord'
import { isAlive } from '../runtime/isAlive'
import { isProcessOf } from '../runtime/isProcessOf'
import { killTree } from '../runtime/killTree'
import type { KnownRun } from './runFolders'

const patienceMs = 10_000

/**
 * Ends the trainer of a run at once, its decoders with it, for one that answers no more; what it trained since its last
 * checkpoint is lost. Only a process that proves to be it is ended. Throws HumanError otherwise. Resolves when it is gone.
 */
export async function killTrainer({ record: { id, name, pid, host } }: KnownRun): Promise<void> {
  if (host !== undefined && host !== hostname())
    throw new HumanError(`"${name}" was trained on ${host} last, and can be ended only there.`)
  if (pid === undefined || !isAlive(pid) || (await isProcessOf(pid, `${runsFolder}/${id}`)) === false)
    throw new HumanError(`No trainer of "${name}" is running.`)
  if ((await isProcessOf(pid, `${runsFolder}/${id}`)) !== true)
    throw new HumanError(
      `This machine does not say what process ${pid} is, so it is left alone. End it by hand.`,
    )
  await killTree(pid)
  for (let waited = 0; isAlive(pid); waited += 50) {
    if (waited >= patienceMs)
      throw new HumanError(
        `The trainer of "${name}" (process ${pid}) does not end: the system holds it, often in a driver.`,
      )
    await delay(50)
  }
}
