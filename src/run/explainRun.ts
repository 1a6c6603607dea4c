import { totalmem } from 'node:os'
import path from 'node:path'
import { HumanError } from '../HumanError'
import type { Config } from '../config/schema'
import { runFiles } from '../protocol/runRecord'
import { explainInput } from './explainInput'
import { ownConfig } from './ownConfig'
import type { RunHistory } from './RunHistory'

/** Markdown about a run's waiting for data, by its history and its own config. HumanError where that cannot be read. */
export function explainRun(folder: string, history: RunHistory): string {
  const { data } = configOf(folder)
  const paragraphs = explainInput({
    run: history.view(),
    waits: history.processWaits,
    data,
    machineMiB: memoryBytes() / 2 ** 20,
  })
  return `${paragraphs.join('\n\n')}\n`
}

function configOf(folder: string): Config {
  try {
    return ownConfig(folder)
  } catch (error) {
    const file = path.join(folder, runFiles.config)
    throw new HumanError(`The run's own config cannot be read (${file}): ${(error as Error).message}`)
  }
}

/** What this process may use, where a container says less than the machine. */
function memoryBytes(): number {
  const allowed = process.constrainedMemory()
  return allowed > 0 ? Math.min(totalmem(), allowed) : totalmem()
}
