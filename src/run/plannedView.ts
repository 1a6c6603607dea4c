import { parseConfig } from '../config/parse'
import type { Config } from '../config/schema'
import { stepWork } from '../config/stepWork'
import { planRates, wirePlanOf } from '../protocol/wirePlan'
import type { RunView } from '../protocol/view'
import { forecast, speedUp } from '../schedule/forecast'
import type { StepSeconds } from '../schedule/forecast'
import { clipsSeen, totalIterations } from '../schedule/iterations'
import { makePlan } from '../schedule/plan'
import type { Plan } from '../schedule/plan'
import { withoutMultigrid } from '../schedule/withoutMultigrid'
import { planWork } from '../schedule/work'
import { RunHistory } from './RunHistory'

/** What is known of a schedule before it runs: its training clips, and what earlier runs measured a step of it to take. */
export interface PlanKnowledge {
  readonly clips?: number
  readonly seconds?: StepSeconds
}

/**
 * What the timeline shows of a schedule that nobody has started: its plan, or what is wrong with it in a sentence.
 * Its id is empty. `text` is the file as it is in the editor; `knows` is asked about the config that it says.
 */
export function plannedView(
  file: string,
  text: string,
  knows: (config: Config) => PlanKnowledge = () => ({}),
): RunView {
  const base = file.split(/[\\/]/).at(-1)!
  const { config, problems } = parseConfig(text, { name: base.replace(/(\.multigrid)?\.json$/, '') })
  if (!config) {
    const [first] = problems
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
    const reason = first
      ? `Line ${first.line}: ${[first.path, first.message].filter(Boolean).join(' ')}${more}`
      : ''
    return { ...new RunHistory('', base).view(), state: 'stopped', reason }
  }
  const plan = makePlan(config)
  return {
    ...new RunHistory('', config.name).view(),
    state: 'stopped',
    plan: wirePlanOf(plan),
    rates: planRates(config, plan),
    ...workSaved(config, plan),
    ...expectations(config, plan, knows(config)),
  }
}

/** While a text is faulty the last plan that could be drawn stays, with what is wrong. */
export function keepingPlan(next: RunView, last: RunView | undefined): RunView {
  return next.plan || !last?.plan ? next : { ...last, reason: next.reason }
}

function workSaved(config: Config, plan: Plan): Pick<RunView, 'workSaved'> {
  const { longCycle, shortCycle } = config.multigrid
  if (!longCycle && !shortCycle) return {}
  const cost = stepWork(config)
  const saved = planWork(makePlan(withoutMultigrid(config)), cost) / planWork(plan, cost)
  return Number.isFinite(saved) && saved > 0 ? { workSaved: saved } : {}
}

function expectations(
  config: Config,
  plan: Plan,
  { clips: listed, seconds }: PlanKnowledge,
): Partial<Pick<RunView, 'iterations' | 'forecast'>> {
  if (listed === undefined) return {}
  const clips = clipsSeen(listed, config.engine.devices)
  const iterations = totalIterations(plan, clips)
  if (!seconds) return { iterations }
  const timed = forecast({ plan, clips, done: 0, stepSeconds: seconds })
  const faster = speedUp({ settings: config, plan, clips, stepSeconds: seconds })
  return {
    iterations,
    forecast: {
      secondsLeft: timed.secondsLeft,
      phaseSeconds: [...timed.phaseSeconds],
      secondsPerStep: timed.secondsPerStep.map((one) => [...one]),
      ...(faster !== undefined && { speedUp: faster }),
    },
  }
}
