import type { Column } from '../../schedule/table'
import type { DatasetReport, Fault, Spread } from './datasetReport'

/** A part of the report, for whoever renders it; every string can hold what a file is called. */
export type Block =
  | { readonly kind: 'sentences'; readonly title?: string; readonly lines: readonly Line[] }
  | {
      readonly kind: 'table'
      readonly title: string
      readonly columns: readonly Column[]
      readonly rows: readonly (readonly string[])[]
    }
  | { readonly kind: 'faults'; readonly title: string; readonly faults: readonly Fault[] }

export interface Line {
  readonly mark: 'good' | 'bad' | 'doubt' | 'fact'
  readonly text: string
}

const mostValues = 5
/** Rates that differ by less span about the same time with the same stride. */
const alikeRates = 1.1

/** The report in words: the verdict first, then what the data are, then what is wrong with them. */
export function reportBlocks(report: DatasetReport): Block[] {
  const { unreadable, damaged, classes } = report
  return [
    { kind: 'sentences', lines: verdict(report) },
    { kind: 'sentences', title: 'Clips', lines: facts(report) },
    ...faultsBlock(`${clips(unreadable.length)} cannot be read`, unreadable),
    ...faultsBlock(`${clips(damaged.length)} may be damaged`, damaged),
    {
      kind: 'table',
      title: classes.length === 1 ? '1 class' : `${number(classes.length)} classes`,
      columns: [
        { head: 'class', align: 'left' },
        { head: 'train', align: 'right' },
        { head: 'val', align: 'right' },
      ],
      rows: classes.map(({ name, train, val }) => [name, String(train), String(val)]),
    },
  ]
}

function verdict({
  fine,
  clips: { train, val },
  steps,
  unreadable,
  training,
  remarks,
  imbalance,
  quick,
}: DatasetReport): Line[] {
  const lines: Line[] = []
  if (fine) {
    const read = quick ? 'The headers of all' : 'All'
    lines.push({
      mark: 'good',
      text: `${read} ${number(train + val)} clips can be read, and every epoch has a step.`,
    })
  }
  if (!steps.enough) {
    lines.push({
      mark: 'bad',
      text:
        `Training refuses to start: some epochs begin with a batch of ${number(steps.fewest)}, and ${clips(train)} would make no step. ` +
        `Use at least ${number(steps.fewest)} clips, or a smaller train.batch.`,
    })
  }
  for (const split of ['train', 'val'] as const) {
    const bad = unreadable.filter((fault) => fault.split === split).length
    const all = split === 'train' ? train : val
    const which = split === 'train' ? 'training' : 'validation'
    const what = `${number(bad)} of ${number(all)} ${which} clips cannot be read`
    if (training[split] === 'replaces') {
      lines.push({
        mark: 'bad',
        text: `${what}: training takes the next clip of the list in the place of each.`,
      })
    } else if (training[split] === 'stops') {
      lines.push({
        mark: 'bad',
        text: `${what}: that is too many, and training stops. Repair or remove them.`,
      })
    }
  }
  if (imbalance) {
    lines.push({
      mark: 'doubt',
      text: `"${imbalance.largest}" has ${Math.round(imbalance.ratio)} times as many training clips as "${imbalance.smallest}".`,
    })
  }
  return [...lines, ...remarks.map((text) => ({ mark: 'doubt', text }) as const)]
}

function facts(report: DatasetReport): Line[] {
  const {
    clips: count,
    classes,
    seconds,
    frames,
    short,
    sizes,
    rates,
    codecs,
    varying,
    bytes,
    steps,
  } = report
  const lines: Line[] = []
  const fact = (text: string): unknown => lines.push({ mark: 'fact', text })
  const doubt = (text: string): unknown => lines.push({ mark: 'doubt', text })
  fact(
    `${number(count.train)} training and ${number(count.val)} validation clips, ${bytesWords(bytes)} of video.`,
  )
  const { train, val } = report.layouts
  fact(val === undefined || val === train ? `Read as ${train}.` : `Read as ${train}, and to validate ${val}.`)
  const [largest, smallest] = [classes[0], classes.at(-1)]
  if (largest && smallest) {
    fact(
      largest.train === smallest.train
        ? `Training clips: ${number(largest.train)} of each class.`
        : `Training clips of a class: ${number(smallest.train)} ("${smallest.name}") to ${number(largest.train)} ("${largest.name}").`,
    )
  }
  if (seconds) fact(`Seconds: ${spreadWords(seconds, 1)}.${report.quick ? ' By their headers.' : ''}`)
  if (frames) fact(`Frames: ${spreadWords(frames, 0)}.`)
  if (short.clips > 0) {
    doubt(
      `${clips(short.clips)} ${short.clips === 1 ? 'is' : 'are'} shorter than the ${short.span} frames that a clip spans at the full shape: the last frame is repeated.`,
    )
  }
  fact(`Sizes: ${listed(sizes, ({ width, height }) => `${width}×${height}`)}.`)
  if (rates.length > 0) {
    const text = `Frames per second: ${listed(rates, ({ framesPerSecond }) => String(framesPerSecond))}.`
    const [slowest, fastest] = ends(rates.map(({ framesPerSecond }) => framesPerSecond))
    if (fastest > alikeRates * slowest) doubt(`${text} The same stride spans a different time in each.`)
    else fact(text)
  }
  if (varying > 0) doubt(`${clips(varying)} ${varying === 1 ? 'has' : 'have'} a frame rate that varies.`)
  fact(`Codecs: ${listed(codecs, ({ codec }) => codec)}.`)
  if (steps.enough) fact(`An epoch needs at least ${clips(steps.fewest)} to make a step.`)
  return lines
}

function faultsBlock(title: string, faults: readonly Fault[]): Block[] {
  return faults.length === 0 ? [] : [{ kind: 'faults', title, faults }]
}

function listed<T extends { clips: number }>(values: readonly T[], words: (value: T) => string): string {
  if (values.length === 0) return 'unknown'
  if (values.length === 1) return words(values[0]!)
  const shown = values.slice(0, mostValues).map((value) => `${words(value)} (${number(value.clips)})`)
  const more = values.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

function spreadWords({ min, median, max }: Spread, digits: number): string {
  const words = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: digits })
  return min === max ? words(min) : `${words(min)} to ${words(max)}, median ${words(median)}`
}

function ends(values: readonly number[]): [min: number, max: number] {
  return values.reduce(([min, max], value) => [Math.min(min, value), Math.max(max, value)], [Infinity, 0])
}

function bytesWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]!}`
}

function clips(count: number): string {
  return count === 1 ? '1 clip' : `${number(count)} clips`
}

function number(value: number): string {
  return value.toLocaleString('en')
}
