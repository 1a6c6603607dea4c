import { planSeconds, speedUp } from './forecast'
import type { StepSeconds } from './forecast'
import { totalIterations } from './iterations'
import { makePlan } from './plan'
import type { Plan } from './plan'
import type { ScheduleSettings } from './settings'
import { table } from './table'
import { withoutMultigrid } from './withoutMultigrid'
import { duration, shapeWords } from './words'
import { planWork } from './work'
import type { StepCost } from './work'

export interface ComparedPlan {
  /** What it is, as the head of its column. */
  readonly name: string
  readonly settings: ScheduleSettings
}

/** Plans side by side, a line for each question one asks before changing a schedule. */
export function comparePlans(
  compared: readonly ComparedPlan[],
  options: {
    readonly color: boolean
    readonly width: number
    readonly clips?: number
    readonly work: { readonly cost: StepCost; readonly unit: string }
    readonly seconds?: StepSeconds
  },
): string {
  const { clips, work, seconds } = options
  const plans = compared.map(({ name, settings }) => ({ name, settings, plan: makePlan(settings) }))
  type Entry = (typeof plans)[number]
  const first = planWork(plans[0]!.plan, work.cost)
  const lines: (readonly [question: string, answer: (entry: Entry) => string])[] = [
    ['Epochs', ({ plan }) => count(plan.epochs)],
    ['Phases', ({ plan }) => count(plan.phases.length)],
    ['Shapes', ({ plan }) => count(distinctShapes(plan))],
    ['Epochs at the full shape', ({ plan, settings }) => count(fullEpochs(plan, settings))],
    ['Work, the first being 100', ({ plan }) => ((100 * planWork(plan, work.cost)) / first).toFixed(1)],
    ['Times less than without multigrid', (entry) => `${lessWork(entry, work.cost).toFixed(2)} ×`],
  ]
  if (clips !== undefined) {
    lines.splice(1, 0, ['Iterations', ({ plan }) => count(totalIterations(plan, clips))])
    if (seconds) {
      lines.push(
        ['Time', ({ plan }) => duration(planSeconds(plan, clips, seconds))],
        [
          'Times faster than without multigrid',
          ({ plan, settings }) => {
            const faster = speedUp({ settings, plan, clips, stepSeconds: seconds })
            return faster === undefined ? '–' : `${faster.toFixed(2)} ×`
          },
        ],
      )
    }
  }
  return [
    ...table(
      [{ head: '', align: 'left' }, ...plans.map(({ name }) => ({ head: name, align: 'right' }) as const)],
      lines.map(([question, answer]) => [question, ...plans.map(answer)]),
      options,
    ),
    '',
    `Work is counted in ${work.unit}.`,
    '',
  ].join('\n')
}

function lessWork({ plan, settings }: { plan: Plan; settings: ScheduleSettings }, cost: StepCost): number {
  return planWork(makePlan(withoutMultigrid(settings)), cost) / planWork(plan, cost)
}

function distinctShapes({ phases }: Plan): number {
  return new Set(phases.flatMap(({ shapes }) => shapes.map(shapeWords))).size
}

/** Epochs of which some steps have the full clip. */
function fullEpochs({ phases }: Plan, { data }: ScheduleSettings): number {
  return phases
    .filter(({ shapes }) => shapes.some(({ frames, size }) => frames === data.frames && size === data.crop))
    .reduce((sum, { startEpoch, endEpoch }) => sum + endEpoch - startEpoch, 0)
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
