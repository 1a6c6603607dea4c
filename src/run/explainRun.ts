import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import path from 'node:path'
import { HumanError } from '../HumanError'
import { decodeConfig } from '../config/parse'
import type { Config } from '../config/schema'
import { runFiles } from '../protocol/runRecord'
import { explainInput } from './explainInput'
import type { RunHistory } from './RunHistory'

/** Markdown about a run's waiting for data, by its history and its own config. HumanError where that cannot be read. */
export function explainRun(folder: string, history: RunHistory): string {
  const { data } = ownConfig(folder)
  const paragraphs = explainInput({
    run: history.view(),
    waits: history.processWaits,
    data,
    machineMiB: memoryBytes() / 2 ** 20,
  })
  return `${paragraphs.join('\n\n')}\n`
}

function ownConfig(folder: string): Config {
  const file = path.join(folder, runFiles.config)
  try {
    return decodeConfig(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    throw new HumanError(`The run's own config cannot be read (${file}): ${(error as Error).message}`)
  }
}

/** What this process may use, where a container says less than the machine. */
function memoryBytes(): number {
  const allowed = process.constrainedMemory()
  return allowed > 0 ? Math.min(totalmem(), allowed) : totalmem()
}
