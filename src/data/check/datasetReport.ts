import type { Config } from '../../config/schema'
import { fewestClips } from '../../schedule/iterations'
import { makePlan } from '../../schedule/plan'
import type { Clip, Dataset } from '../dataset'
import { footageName } from '../footage'
import { tolerated } from '../reader'
import type { Checked } from './checkDataset'
import { clipFacts } from './clipFacts'
import type { ClipFacts } from './clipFacts'

export type Split = 'train' | 'val'

/** A clip, and what is wrong with it. */
export interface Fault {
  readonly clip: string
  readonly split: Split
  readonly reason: string
}

export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

/** What a person wants to know of a data set before training on it; what `multigrid data --json` prints. */
export interface DatasetReport {
  /** No clip is unreadable, and every epoch has a step. */
  readonly fine: boolean
  /** Only headers and first frames were read: lengths are what headers say. */
  readonly quick: boolean
  readonly clips: Readonly<Record<Split, number>>
  /** What each set was taken for, in words. */
  readonly layouts: Dataset['layouts']
  /** Most training clips first. */
  readonly classes: readonly ({ readonly name: string } & Readonly<Record<Split, number>>)[]
  /** Set where the largest class has far more training clips than the smallest. */
  readonly imbalance:
    { readonly largest: string; readonly smallest: string; readonly ratio: number } | undefined
  readonly seconds: Spread | undefined
  readonly frames: Spread | undefined
  /** Clips with fewer frames than one at the full shape spans: they repeat their last frame. */
  readonly short: { readonly clips: number; readonly span: number }
  /** Most clips first. */
  readonly sizes: readonly { readonly width: number; readonly height: number; readonly clips: number }[]
  readonly rates: readonly { readonly framesPerSecond: number; readonly clips: number }[]
  readonly codecs: readonly { readonly codec: string; readonly clips: number }[]
  /** Clips whose frames are not evenly spaced in time. */
  readonly varying: number
  /** Of the video files. */
  readonly bytes: number
  readonly unreadable: readonly Fault[]
  readonly damaged: readonly Fault[]
  /** What training makes of the unreadable clips of each list. */
  readonly training: Readonly<Record<Split, 'reads all' | 'replaces' | 'stops'>>
  /** The fewest training clips with which every epoch has a step. */
  readonly steps: { readonly fewest: number; readonly enough: boolean }
  readonly remarks: readonly string[]
}

const strongImbalance = 20

/** What was found, in terms of a schedule. */
export function datasetReport(options: {
  dataset: Dataset
  checked: Checked
  config: Pick<Config, 'data'> & Parameters<typeof makePlan>[0]
}): DatasetReport {
  const { dataset, checked, config } = options
  const { frames, stride } = config.data
  const span = (frames - 1) * stride + 1
  const splits = { train: dataset.train, val: dataset.val }
  const facts = (['train', 'val'] as const).flatMap((split) =>
    splits[split].map((clip) => ({ split, clip, ...clipFacts(clip.footage, checked.found) })),
  )
  const faults = (what: 'unreadable' | 'damaged'): Fault[] =>
    facts.flatMap(({ split, clip, [what]: reason }) =>
      reason === undefined ? [] : [{ clip: footageName(clip.footage), split, reason }],
    )
  const unreadable = faults('unreadable')
  const fewest = fewestClips(makePlan(config))
  const enough = dataset.train.length >= fewest
  const classes = classCounts(dataset)
  return {
    fine: unreadable.length === 0 && enough,
    quick: checked.quick,
    clips: { train: dataset.train.length, val: dataset.val.length },
    layouts: dataset.layouts,
    classes,
    imbalance: imbalanceOf(classes),
    seconds: spread(facts.flatMap(({ seconds }) => seconds ?? [])),
    frames: spread(facts.flatMap(({ frames }) => frames ?? [])),
    short: { clips: facts.filter((clip) => (ticksOf(clip, config.data.fps) ?? span) < span).length, span },
    sizes: tally(facts, ({ width, height }) => width !== undefined && { width, height: height! }),
    rates: tally(facts, ({ rate }) => rate !== undefined && { framesPerSecond: rate }),
    codecs: tally(facts, ({ codec }) => codec !== undefined && { codec }),
    varying: facts.filter(({ varies }) => varies).length,
    bytes: [...checked.found.values()].reduce((sum, one) => sum + (one.at === 'video' ? one.bytes : 0), 0),
    unreadable,
    damaged: faults('damaged'),
    training: {
      train: outcome(unreadable, 'train', dataset.train),
      val: outcome(unreadable, 'val', dataset.val),
    },
    steps: { fewest, enough },
    remarks: [...dataset.remarks, ...checked.remarks],
  }
}

/** Frames as strides count them. */
function ticksOf(
  { frames, seconds }: { frames?: number | undefined; seconds?: number | undefined },
  rate: number | undefined,
): number | undefined {
  return rate === undefined || seconds === undefined ? frames : Math.round(seconds * rate)
}

function classCounts({ classes, train, val }: Dataset): DatasetReport['classes'] {
  const count = (clips: readonly Clip[]): Map<number, number> => {
    const counts = new Map<number, number>()
    for (const label of clips.flatMap(({ labels }) => labels)) counts.set(label, (counts.get(label) ?? 0) + 1)
    return counts
  }
  const [inTrain, inVal] = [count(train), count(val)]
  return classes
    .map((name, label) => ({ name, train: inTrain.get(label) ?? 0, val: inVal.get(label) ?? 0 }))
    .sort((a, b) => b.train - a.train)
}

function imbalanceOf(classes: DatasetReport['classes']): DatasetReport['imbalance'] {
  const [largest, smallest] = [classes[0], classes.at(-1)]
  if (!largest || !smallest || largest.train <= strongImbalance * smallest.train) return undefined
  return { largest: largest.name, smallest: smallest.name, ratio: largest.train / smallest.train }
}

/** As the clip reader does: few lists are too short for a share of them to mean anything. */
function outcome(
  unreadable: readonly Fault[],
  split: Split,
  { length }: readonly Clip[],
): DatasetReport['training'][Split] {
  const bad = unreadable.filter((fault) => fault.split === split).length
  if (bad === 0) return 'reads all'
  return bad === length || (length >= 5 && bad > tolerated * length) ? 'stops' : 'replaces'
}

/** How often each value comes, the most frequent first. */
function tally<T extends object>(
  facts: readonly ClipFacts[],
  valueOf: (facts: ClipFacts) => T | false,
): (T & { clips: number })[] {
  const counts = new Map<string, T & { clips: number }>()
  for (const one of facts) {
    const value = valueOf(one)
    if (!value) continue
    const key = JSON.stringify(value)
    const known = counts.get(key)
    if (known) known.clips++
    else counts.set(key, { ...value, clips: 1 })
  }
  return [...counts.values()].sort((a, b) => b.clips - a.clips)
}

function spread(values: readonly number[]): Spread | undefined {
  const sorted = Float64Array.from(values).sort()
  if (sorted.length === 0) return undefined
  return { min: sorted[0]!, median: sorted[Math.floor((sorted.length - 1) / 2)]!, max: sorted.at(-1)! }
}
