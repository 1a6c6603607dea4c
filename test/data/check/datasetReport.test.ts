import { describe, expect, test } from 'vitest'
import { fillDefaults } from '../../../src/config/defaults'
import { scheduleSchema } from '../../../src/config/schema'
import type { Config, ScheduleFile } from '../../../src/config/schema'
import { datasetReport } from '../../../src/data/check/datasetReport'
import type { DatasetReport } from '../../../src/data/check/datasetReport'
import type { Found, FoundVideo } from '../../../src/data/check/found'
import { reportMarkdown } from '../../../src/data/check/reportMarkdown'
import { reportText } from '../../../src/data/check/reportText'
import type { Clip } from '../../../src/data/dataset'
import { videoClip, videoOf } from '../ffmpegTools'

const good: FoundVideo = {
  at: 'video',
  seconds: 2,
  frames: 48,
  framesPerSecond: 24,
  width: 128,
  height: 96,
  codec: 'h264',
  bytes: 1000,
  varies: false,
  promised: { seconds: 2, frames: 48 },
  complaints: [],
}
const bad: Found = { at: 'unreadable', reason: 'the file is empty' }

function configOf(file: Partial<ScheduleFile> = {}): Config {
  return fillDefaults(scheduleSchema.parse({ data: { train: 'x' }, train: { batch: 8 }, ...file }), 'x')
}

/** So many clips of a label, named for it. */
function clipsOf(count: number, label = 0, name = 'clip'): Clip[] {
  return Array.from({ length: count }, (_, index) => videoClip(`/${name} ${label} ${index}.mp4`, label))
}

function report(options: {
  train: readonly Clip[]
  val?: readonly Clip[]
  found?: (file: string) => Found
  classes?: readonly string[]
  config?: Config
}): DatasetReport {
  const { train, val = [], found = () => good, classes = ['a', 'b'], config = configOf() } = options
  const files = [...train, ...val].map(videoOf)
  return datasetReport({
    dataset: {
      classes,
      train,
      val,
      multiLabel: false,
      layouts: { train: 'a folder per class' },
      remarks: ['A remark of the data set.'],
    },
    checked: { found: new Map(files.map((file) => [file, found(file)])), quick: false, read: 0, remarks: [] },
    config,
  })
}

const plain = { color: false, width: 100 }
const text = (one: DatasetReport): string => reportText(one, plain)

describe('a report on a data set', () => {
  test('says what each set was taken for', () => {
    expect(text(report({ train: clipsOf(8) }))).toContain('Read as a folder per class.')
  })

  test('counts frames as strides do: at 30 a second, 48 of 24 are 60', () => {
    const short = (fps?: number) =>
      report({
        train: clipsOf(8),
        config: configOf({ data: { train: 'x', frames: 27, stride: 2, ...(fps && { fps }) } }),
      }).short
    expect([short(), short(30)]).toEqual([
      { clips: 8, span: 53 },
      { clips: 0, span: 53 },
    ])
  })

  test('is fine when all can be read, and says what the clips are', () => {
    const one = report({ train: [...clipsOf(100), ...clipsOf(60, 1)], val: clipsOf(8, 1, 'val') })
    expect(one).toMatchObject({
      fine: true,
      clips: { train: 160, val: 8 },
      classes: [
        { name: 'a', train: 100, val: 0 },
        { name: 'b', train: 60, val: 8 },
      ],
      seconds: { min: 2, median: 2, max: 2 },
      bytes: 168_000,
      training: { train: 'reads all', val: 'reads all' },
    })
    expect(text(one)).toContain('✓ All 168 clips can be read')
    expect(text(one)).toContain('Training clips of a class: 60 ("b") to 100 ("a").')
    expect(text(one)).toContain('! A remark of the data set.')
  })

  test('names the fewest clips that make a step, where there are fewer', () => {
    const one = report({ train: clipsOf(127) })
    expect(one).toMatchObject({ fine: false, steps: { fewest: 128, enough: false } })
    expect(text(one)).toMatch(
      /Training refuses to start: .* batch of 128, and 127 clips .* at least 128 clips/,
    )
    expect(report({ train: clipsOf(128) })).toMatchObject({
      fine: true,
      steps: { fewest: 128, enough: true },
    })
  })

  test.each([
    [200, 1, 'replaces'],
    [200, 40, 'replaces'],
    [200, 41, 'stops'],
    [4, 3, 'replaces'],
    [4, 4, 'stops'],
  ] as const)('says what training makes of unreadable clips: of %i, %i', (all, unreadable, outcome) => {
    const clips = clipsOf(all)
    const broken = new Set(clips.slice(0, unreadable).map(videoOf))
    const one = report({ train: clips, found: (file) => (broken.has(file) ? bad : good) })
    expect(one.training.train).toBe(outcome)
    expect(one.fine).toBe(false)
    expect(one.unreadable).toHaveLength(unreadable)
    expect(text(one)).toContain(`${unreadable} of ${all} training clips cannot be read`)
    expect(text(one).match(/\.mp4: the file is empty/g)).toHaveLength(Math.min(20, unreadable))
  })

  test('counts the clips that repeat their last frame at the full shape', () => {
    const config = configOf({ data: { train: 'x', frames: 32, stride: 2 } })
    const of = (frames: number) => report({ train: clipsOf(200), found: () => ({ ...good, frames }), config })
    expect(of(62).short).toEqual({ clips: 200, span: 63 })
    expect(of(63).short).toEqual({ clips: 0, span: 63 })
  })

  test('remarks a class of far more clips than another, and of as many does not', () => {
    expect(report({ train: [...clipsOf(42), ...clipsOf(2, 1)] }).imbalance).toEqual({
      largest: 'a',
      smallest: 'b',
      ratio: 21,
    })
    expect(report({ train: [...clipsOf(40), ...clipsOf(2, 1)] }).imbalance).toBeUndefined()
  })

  test('remarks rates that are mixed, and rates that vary', () => {
    const kinds: FoundVideo[] = [good, { ...good, framesPerSecond: 59.94, varies: true }]
    const one = report({ train: clipsOf(200), found: (file) => kinds[Number(file.endsWith('9.mp4'))]! })
    expect(one).toMatchObject({
      rates: [
        { framesPerSecond: 24, clips: 180 },
        { framesPerSecond: 59.94, clips: 20 },
      ],
      varying: 20,
    })
    expect(text(one)).toMatch(/! Frames per second: 24 \(180\), 59\.94 \(20\)\. The same stride/)
  })

  test('tells damage from sound that goes on after the pictures', () => {
    const damaged = (found: Partial<FoundVideo>) =>
      report({ train: clipsOf(1), found: () => ({ ...good, ...found }) }).damaged.map(({ reason }) => reason)
    const promised = { seconds: 2.15, frames: 52 }
    expect(damaged({ promised })).toEqual([])
    expect(damaged({ promised, complaints: ['partial file'] })).toEqual([
      'ends after 48 of the 52 frames that its header promises; partial file',
    ])
    expect(damaged({ promised: { seconds: 4, frames: 96 } })).toEqual([
      'ends after 48 of the 96 frames that its header promises',
    ])
  })

  test('counts a clip of several classes in each of them', () => {
    const train = clipsOf(200).map(({ footage }) => ({ footage, labels: [0, 1] }))
    expect(report({ train }).classes.map(({ train: count }) => count)).toEqual([200, 200])
  })

  test('fits a page where there are many classes, and has all of them for an editor', () => {
    const classes = Array.from({ length: 400 }, (_, index) => `class ${index}`)
    const one = report({ train: classes.flatMap((_, label) => clipsOf(1, label)), classes })
    expect(text(one).split('\n').length).toBeLessThan(50)
    expect(reportMarkdown(one, 'x').match(/^\| class /gm)).toHaveLength(401)
  })
})

describe('names from data files are text and nothing else', () => {
  const name = '/a\n# b ![x](https://c.example/d.png) <img src=x> `|` \u001b[31m \u202e.mp4'
  const one = report({
    train: [videoClip(name, 0)],
    classes: ['| <b>x</b> | [y](z)'],
    found: () => ({ at: 'unreadable', reason: '**no** [link](https://c.example)' }),
  })

  test('for a terminal', () => {
    expect(text(one)).not.toMatch(/[^\P{C}\n]/u)
    expect(text(one)).toContain('/a\\n# b ![x]')
  })

  test('in Markdown', () => {
    const markdown = reportMarkdown(one, 'Data of [x](y).multigrid.json')
    expect(markdown).not.toMatch(/[<>`[\]!_]|\*\*/)
    expect(markdown.split('\n').filter((line) => line.startsWith('#'))).toHaveLength(4)
    expect(markdown).toContain('https&#58;//c.example')
  })
})
