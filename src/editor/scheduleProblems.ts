import { findNodeAtLocation } from 'jsonc-parser'
import { readSchedule } from '../config/readSchedule'
import type { Placed, Reading } from '../config/readSchedule'
import { keyPath } from '../schedule/checkSettings'
import { linearRate, rounded } from '../schedule/remarks'

/** A problem as an editor underlines it. */
export interface ScheduleProblem {
  readonly path: readonly (string | number)[]
  readonly offset: number
  readonly length: number
  /** A sentence without its full stop, as editors show them. */
  readonly message: string
  readonly severity: 'error' | 'warning' | 'information'
  readonly placed?: Placed
}

/**
 * What to underline in a schedule file. Where the editor checks the file against its JSON Schema too (`bySchema`), it
 * has underlined what a schema sees: that is told again only with a suggestion.
 */
export function scheduleProblems(text: string, { bySchema }: { bySchema: boolean }): ScheduleProblem[] {
  const reading = readSchedule(text)
  const found = reading.found.filter((placed) => !bySchema || saysMore(placed)).map(problemOf)
  return [...found, ...lowRate(reading)].sort((a, b) => a.offset - b.offset)
}

function saysMore({ by, remedy }: Placed): boolean {
  if (by === 'settings' || by === 'doubt') return true
  return remedy !== undefined && (remedy.kind !== 'choose' || remedy.near !== undefined)
}

function problemOf(placed: Placed): ScheduleProblem {
  const { path, offset, length, message, severity } = placed
  const key = keyPath(path)
  return { path, offset, length, message: key === '' ? message : `${key} ${message}`, severity, placed }
}

/** A rate far below the rule is often meant, where trained weights are tuned: worth a word in an editor, not a warning at each start. */
function lowRate({ config, tree }: Reading): ScheduleProblem[] {
  if (!config || !tree || config.model.init !== undefined) return []
  const { learningRate, batch } = config.train
  const scaled = linearRate(batch)
  const path = ['train', 'learningRate']
  const node = findNodeAtLocation(tree, path)
  if (!node || learningRate > scaled / 2) return []
  const message = `train.learningRate is ${rounded(learningRate / scaled)} times what linear scaling of 0.1 for 64 clips says for a batch of ${batch}: ${rounded(scaled)}`
  return [{ path, offset: node.offset, length: node.length, message, severity: 'information' }]
}
