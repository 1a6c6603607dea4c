import { findNodeAtLocation } from 'jsonc-parser'
import type { Node } from 'jsonc-parser'
import { readSchedule } from '../config/readSchedule'
import type { Config } from '../config/schema'
import { longShape } from '../schedule/longCycle'
import { learningRate, makePlan } from '../schedule/plan'
import type { Phase, Plan } from '../schedule/plan'
import { linearRate, rounded } from '../schedule/remarks'
import { shortCycleShapes } from '../schedule/shortCycle'
import type { LongShape } from '../schedule/shortCycle'
import { shapeWords } from '../schedule/words'

/** What a number of the file means, to be shown right after it. */
export interface ScheduleHint {
  readonly offset: number
  readonly label: string
  readonly tooltip: string
}

const justBefore = 1e-9

/** The shapes, batches and rates that factors, steps and rates come to; none where the file is no schedule. */
export function scheduleHints(text: string): ScheduleHint[] {
  const { tree, config } = readSchedule(text)
  if (!tree || !config) return []
  const plan = makePlan(config)
  return [
    ...longCycleHints(tree, config),
    ...shortCycleHints(tree, config),
    ...stepHints(tree, config, plan),
    ...rateHint(tree, config, plan),
    ...warmupHint(tree, config, plan),
  ].sort((a, b) => a.offset - b.offset)
}

function longCycleHints(tree: Node, config: Config): ScheduleHint[] {
  const { train, multigrid } = config
  if (!multigrid.longCycle) return []
  return itemsAt(tree, ['multigrid', 'longCycleFactors']).map((node, index) => {
    const long = longShape(config, multigrid.longCycleFactors[index]!)
    const rate = rounded(train.learningRate * long.batchFactor)
    return after(node, {
      label: `${longWords(config, long)}, rate ${rate}`,
      tooltip: `Clips × frames × size² of a step. The rate of the first stage: train.learningRate × ${long.batchFactor}, as the batch.`,
    })
  })
}

/** A crop's batch follows from the shape of the long cycle: shown is the full one's, the others are told. */
function shortCycleHints(tree: Node, config: Config): ScheduleHint[] {
  const { data, multigrid } = config
  if (!multigrid.shortCycle) return []
  const full = { frames: data.frames, size: data.crop, batchFactor: 1 }
  const longs = multigrid.longCycle
    ? multigrid.longCycleFactors.map((factor) => longShape(config, factor))
    : [full]
  return itemsAt(tree, ['multigrid', 'shortCycleFactors']).map((node, index) => {
    const shapeIn = (long: LongShape) => shapeWords(shortCycleShapes(config, long)[index]!)
    const each = longs.map((long) => `${shapeIn(long)} beside ${longWords(config, long)}`)
    return after(node, { label: shapeIn(full), tooltip: `Clips × frames × size²: ${each.join('; ')}.` })
  })
}

function stepHints(tree: Node, config: Config, plan: Plan): ScheduleHint[] {
  return itemsAt(tree, ['train', 'steps']).flatMap((node, stage) => {
    const phases = plan.phases.filter(({ lrStage }) => lrStage === stage)
    const [first] = phases
    if (!first) return []
    const rates = ratesOf(config, plan, phases)
    const place = first.startEpoch === config.train.steps[stage] ? '' : `epoch ${first.startEpoch}, `
    const why =
      first.fineTune && stage > 0 ? ' The first half of the last stage keeps the rate before it.' : ''
    return after(node, {
      label: `${place}rate ${[...new Set([rates[0], rates.at(-1)])].join(' → ')}`,
      tooltip: `This stage begins with epoch ${first.startEpoch} of ${plan.epochs} and is at the rate ${rates.join(', then ')}, warm-up aside: it grows with the batch.${why}`,
    })
  })
}

/** The rates that phases begin and end with, each once in a row. */
function ratesOf(config: Config, plan: Plan, phases: readonly Phase[]): string[] {
  const settled =
    config.train.policy === 'steps'
      ? { ...config, train: { ...config.train, warmup: { epochs: 0, from: 0 } } }
      : config
  return phases
    .flatMap(({ startEpoch, endEpoch }) => [startEpoch, endEpoch - justBefore])
    .map((epoch) => rounded(learningRate(settled, plan, epoch)))
    .filter((rate, index, all) => rate !== all[index - 1])
}

function rateHint(tree: Node, config: Config, plan: Plan): ScheduleHint[] {
  const node = findNodeAtLocation(tree, ['train', 'learningRate'])
  if (!node) return []
  const { batch, learningRate: base } = config.train
  const largest = Math.max(...plan.phases.map(({ shapes }) => shapes.at(-1)!.batch))
  const grown = largest > batch ? `, ${rounded((base * largest) / batch)} for ${largest}` : ''
  return [
    after(node, {
      label: `for ${clips(batch)}${grown}`,
      tooltip: `The rate grows with the batch. Linear scaling of 0.1 for 64 clips is ${rounded(linearRate(batch))} for ${clips(batch)}.`,
    }),
  ]
}

function warmupHint(tree: Node, config: Config, plan: Plan): ScheduleHint[] {
  const node = findNodeAtLocation(tree, ['train', 'warmup'])
  const { epochs, from } = config.train.warmup
  if (!node || epochs === 0 || epochs >= plan.epochs) return []
  const rate = rounded(learningRate(config, plan, epochs))
  return [
    after(node, {
      label: `to rate ${rate} at epoch ${epochs}`,
      tooltip: `The rate grows from ${from} to ${rate}, that of the shape trained at epoch ${epochs}; warm-up counts the epochs that are trained, ${plan.epochs} in all.`,
    }),
  ]
}

function longWords({ train }: Config, { frames, size, batchFactor }: LongShape): string {
  return shapeWords({ batch: train.batch * batchFactor, frames, size })
}

function itemsAt(tree: Node, path: string[]): Node[] {
  return findNodeAtLocation(tree, path)?.children ?? []
}

function after({ offset, length }: Node, said: { label: string; tooltip: string }): ScheduleHint {
  return { offset: offset + length, ...said }
}

function clips(batch: number): string {
  return batch === 1 ? '1 clip' : `${batch} clips`
}
