import { findNodeAtLocation } from 'jsonc-parser'
import type { Node } from 'jsonc-parser'
import { readSchedule } from '../config/readSchedule'
import type { Config } from '../config/schema'
import { stepWork } from '../config/stepWork'
import { comparePlans } from '../schedule/comparePlans'
import { makePlan } from '../schedule/plan'
import { rounded } from '../schedule/remarks'
import { planWork } from '../schedule/work'
import { applied } from './applied'
import { editsOf } from './Change'
import type { Change } from './Change'
import type { TextEdit } from './TextEdit'

/** A schedule as it could be instead. */
export interface Variation {
  readonly name: string
  /** Its work for that of the file as it is, by the multiply-adds of its plan: nothing was measured. */
  readonly work: number
  readonly epochs: number
  readonly config: Config
  readonly edits: readonly TextEdit[]
}

const epochFactors = [1, 1.5, 2, 3]

/** What a schedule could be instead, without what it is already or cannot be; undefined where the text is no schedule. */
export function variationsOf(text: string): { config: Config; variations: Variation[] } | undefined {
  const { tree, config } = readSchedule(text)
  if (!tree || !config) return undefined
  const work = planWork(makePlan(config), stepWork(config))
  const seen = new Set([JSON.stringify(config)])
  const variations = ideas(tree, config).flatMap(({ name, changes }): Variation[] => {
    const edits = editsOf(text, changes)
    const other = edits && readSchedule(applied(text, edits)).config
    if (!other || seen.has(JSON.stringify(other))) return []
    seen.add(JSON.stringify(other))
    const plan = makePlan(other)
    const itsWork = planWork(plan, stepWork(other))
    return [{ name, work: itsWork / work, epochs: plan.epochs, config: other, edits }]
  })
  return { config, variations }
}

/** Both schedules side by side, as Markdown. */
export function variationText(name: string, config: Config, variation: Variation): string {
  const compared = comparePlans(
    [
      { name: 'as it is', settings: config },
      { name: variation.name, settings: variation.config },
    ],
    { color: false, width: 100, work: { cost: stepWork(config), unit: 'multiply-adds' } },
  )
  return [
    `# ${name.replace(/[\\`*_{}[\]<>#|&]/g, '\\$&')}: ${variation.name}`,
    `\`\`\`\n${compared.trimEnd()}\n\`\`\``,
    'No time was measured: how long a step takes also depends on the machine and on reading the clips.',
    '',
  ].join('\n\n')
}

/** `1.5 times the work`, `the same work`. */
export function workWords(work: number): string {
  const times = Number(work.toPrecision(2))
  return times === 1 ? 'the same work' : `${times} times the work`
}

interface Idea {
  readonly name: string
  readonly changes: readonly Change[]
}

function ideas(tree: Node, config: Config): Idea[] {
  const set = (key: string, to: unknown): Change => ({ set: key.split('.'), to })
  const cycles = (longCycle: boolean, shortCycle: boolean): Change[] => [
    ...(longCycle === config.multigrid.longCycle ? [] : [set('multigrid.longCycle', longCycle)]),
    ...(shortCycle === config.multigrid.shortCycle ? [] : [set('multigrid.shortCycle', shortCycle)]),
  ]
  const multigridIsOn = config.multigrid.longCycle || config.multigrid.shortCycle
  return [
    { name: 'without multigrid', changes: cycles(false, false) },
    { name: 'with both cycles', changes: cycles(true, true) },
    { name: 'long cycle only', changes: cycles(true, false) },
    { name: 'short cycle only', changes: cycles(false, true) },
    ...(multigridIsOn ? epochFactors : []).map((factor) => ({
      name: `epoch factor ${factor}`,
      changes: [set('multigrid.epochFactor', factor)],
    })),
    { name: 'twice the batch', changes: batchTimes(2, tree, config) },
    { name: 'half the batch', changes: batchTimes(0.5, tree, config) },
  ]
}

/** The batch, and with it the rates that the file gives, by the linear rule. */
function batchTimes(factor: number, tree: Node, { train }: Config): Change[] {
  const scaled = (path: string[], rate: number): Change[] =>
    findNodeAtLocation(tree, path) ? [{ set: path, to: Number(rounded(rate * factor)) }] : []
  return [
    { set: ['train', 'batch'], to: train.batch * factor },
    ...scaled(['train', 'learningRate'], train.learningRate),
    ...scaled(['train', 'warmup', 'from'], train.warmup.from),
    ...(train.finalLearningRate === undefined
      ? []
      : scaled(['train', 'finalLearningRate'], train.finalLearningRate)),
  ]
}
