import type { ShapeStats } from '../protocol/view'
import { shareOf } from './inputBound'
import { inputAdvice, isDecoding } from './inputAdvice'
import { inputFacts, unhinderedRate } from './inputFacts'
import type { Decoding, InputFacts, InputSituation } from './inputFacts'
import { duration, memory, percent, rate, shapeWords } from './words'

/** What was measured of a run's waiting for data, and what to do about it: paragraphs of Markdown that a terminal can show too. */
export function explainInput(situation: InputSituation): string[] {
  const { run } = situation
  const title = `# Waiting for data: \`${run.name.replace(/[`\s]+/g, ' ')}\``
  const facts = inputFacts(situation)
  if (!facts) return [title, 'Nothing was measured yet: this run has trained no step.']
  return [
    title,
    overallWords(facts),
    ...[epochWords(facts)].filter((words) => words !== undefined),
    '## By shape',
    shapeTable(run.shapes),
    ...(facts.decoding ? ['## Reading clips', ...decodingWords(facts, facts.decoding)] : []),
    '## What to do',
    ...adviceWords(situation, facts),
  ]
}

function overallWords({ overall, nowShare, isInputBound }: InputFacts): string {
  const { waited, took } = overall
  const all = `Training waited for data ${whole(shareOf(overall))} of its time so far, ${duration(waited)} of ${duration(took)}, and ${whole(nowShare)} of its last steps.`
  return isInputBound ? `${all} It is input-bound: what computes stands still meanwhile.` : all
}

/** What the caches brought, where the first epoch of the process differs from those after it. */
function epochWords({ coldShare, warmShare }: InputFacts): string | undefined {
  if (warmShare === undefined || coldShare <= 0.2) return undefined
  if (warmShare >= coldShare / 2) return undefined
  return `In its first epoch since the trainer was started, when no clip was cached yet, it was ${whole(coldShare)}; since then ${whole(warmShare)}.`
}

function shapeTable(shapes: readonly ShapeStats[]): string {
  const head = ['shape', 'clips/s', 'clips/s if data came in time', 'waiting']
  const rows = shapes.map((stats) => [
    shapeWords(stats.shape),
    speed(stats.clipsPerSecond),
    speed(unhinderedRate(stats)),
    whole(stats.inputShare),
  ])
  const widths = head.map((text, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]!.length), text.length),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join(' | ')} |`
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

function decodingWords({ wanted }: InputFacts, decoding: Decoding): string[] {
  const { gauges, busy, coresNeeded, decoded } = decoding
  const { workers, cores, secondsPerClip } = gauges
  const threads = `Of ${workers === 1 ? '1 decoding thread' : `${workers} decoding threads`}, ${two(busy)} ${two(busy) === '1' ? 'is' : 'are'} at work on average; the machine has ${coresWords(cores)}.`
  const work =
    decoded === 0
      ? 'none of them is decoded any more'
      : `decoding ${decoded < 1 ? `${whole(decoded)} of them` : 'them'} is the work of ${coresWords(coresNeeded)}`
  const time = [
    secondsPerClip === undefined
      ? 'No clip was decoded yet.'
      : `A thread takes ${seconds(secondsPerClip)} to decode a clip.`,
    ...(secondsPerClip !== undefined && wanted > 0
      ? [`Training would take ${rate(wanted)} if they came in time; ${work}.`]
      : []),
  ].join(' ')
  return [`${time} ${threads}`, cacheWords(decoding)]
}

function cacheWords({ gauges, decoded, fromMemory, fromDisk, clips }: Decoding): string {
  const { memoryMiB, memoryLimitMiB, diskMiB, diskLimitMiB, datasetMiB } = gauges
  const sources = [`${whole(decoded)} were decoded`, `${whole(fromMemory)} came from memory`]
  if (diskLimitMiB !== undefined) sources.push(`${whole(fromDisk)} from disk`)
  return [
    ...(clips > 0 ? [`Of the ${clips.toLocaleString('en')} clips read, ${sources.join(', ')}.`] : []),
    `The memory cache holds ${memory(memoryMiB)} of at most ${memory(memoryLimitMiB)}${
      diskLimitMiB === undefined
        ? '; there is no disk cache.'
        : `, the disk cache ${memory(diskMiB ?? 0)} of ${memory(diskLimitMiB)}.`
    }`,
    ...(datasetMiB === undefined ? [] : [`Decoded, the whole data set takes about ${memory(datasetMiB)}.`]),
  ].join(' ')
}

function adviceWords(situation: InputSituation, facts: InputFacts): string[] {
  const { isInputBound, decoding, warmShare, nowShare } = facts
  if (!isInputBound) {
    return [
      `Nothing: with all data in time, training would gain ${whole(Math.max(warmShare ?? 0, nowShare))} of its time at most.`,
    ]
  }
  if (!decoding)
    return ['This trainer does not tell how it reads clips, so its numbers speak for nothing in particular.']
  const advice = inputAdvice(situation, facts)
  if (advice.length > 0) {
    const ofSettings = advice.some((text) => text.includes('"data.'))
    return [
      advice.map((text, index) => `${index + 1}. ${text}`).join('\n'),
      ...(ofSettings
        ? [
            'Write it into the schedule file: a trainer takes it when it starts, so stop the run and resume it with the changes.',
          ]
        : []),
    ]
  }
  return [noRemedy(decoding)]
}

function noRemedy(decoding: Decoding): string {
  const { gauges, busy, coresNeeded, decoded } = decoding
  const threads = gauges.workers === 1 ? 'the decoding thread' : `the ${gauges.workers} decoding threads`
  if (decoded === 0) return 'No setting would help by these numbers: every clip comes from a cache already.'
  if (!isDecoding(decoding)) {
    return `No setting would help by these numbers: ${threads} ${gauges.workers === 1 ? 'is' : 'are'} at work ${whole(busy / gauges.workers)} of the time, so it is not decoding that training waits for.`
  }
  return `No setting would help by these numbers: decoding is the work of ${coresWords(coresNeeded)}, and the machine has ${gauges.cores}, all in all.`
}

const coresWords = (cores: number): string => (two(cores) === '1' ? '1 core' : `${two(cores)} cores`)
const whole = (share: number): string => percent(share, 0)
const two = (value: number): string => `${Number(value.toPrecision(2))}`
const speed = (clipsPerSecond: number | undefined): string =>
  clipsPerSecond === undefined ? '–' : rate(clipsPerSecond).replace(' clips/s', '')
const seconds = (value: number): string => (value < 1 ? `${two(1000 * value)} ms` : `${two(value)} s`)
