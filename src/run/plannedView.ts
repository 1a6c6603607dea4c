import path from 'node:path'
import { parseConfig } from '../config/parse'
import { ratePoints, wirePlanOf } from '../protocol/wirePlan'
import type { RunView } from '../protocol/view'
import { epochRows, makePlan } from '../schedule/plan'
import { RunHistory } from './RunHistory'

/**
 * What the timeline shows of a schedule that nobody has started: its plan, or what is wrong with it in a sentence.
 * Its id is empty. `text` is the file as it is in the editor.
 */
export function plannedView(file: string, text: string): RunView {
  const { config, problems } = parseConfig(text, {
    name: path.basename(file).replace(/(\.multigrid)?\.json$/, ''),
  })
  if (!config) {
    const [first] = problems
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
    const reason = first
      ? `Line ${first.line}: ${[first.path, first.message].filter(Boolean).join(' ')}${more}`
      : ''
    return { ...new RunHistory('', path.basename(file)).view(), state: 'stopped', reason }
  }
  const plan = makePlan(config)
  return {
    ...new RunHistory('', config.name).view(),
    state: 'stopped',
    plan: wirePlanOf(plan),
    rates: ratePoints(epochRows(config, plan)),
  }
}
