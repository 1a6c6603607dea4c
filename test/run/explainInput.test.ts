import { describe, expect, it } from 'vitest'
import type { InputGauges } from '../../src/protocol/events'
import type { ShapeStats } from '../../src/protocol/view'
import { explainInput } from '../../src/run/explainInput'
import type { InputSituation } from '../../src/run/inputFacts'

const shape = { batch: 8, frames: 16, size: 112 }

/** 0.8 s of each second wait for data: 8 clips/s where 40 would be taken. */
const slow: ShapeStats = { shape, steps: 1000, clipsPerSecond: 8, secondsPerStep: 1, inputShare: 0.8 }

const waited = (share: number, steps = 1000) => ({ steps, waited: share * steps, longest: 1, took: steps })

const gauges: InputGauges = {
  workers: 4,
  cores: 16,
  busy: 3.9,
  decoded: 8000,
  fromMemory: 0,
  fromDisk: 0,
  secondsPerClip: 0.25,
  memoryMiB: 1024,
  memoryLimitMiB: 1024,
  datasetMiB: 12_595,
}

interface Change {
  readonly gauges?: Partial<InputGauges> | undefined
  readonly shapes?: readonly ShapeStats[]
  readonly now?: { readonly inputShare: number; readonly inputBound: boolean }
  readonly cold?: number
  readonly warm?: number | undefined
  readonly warmFrom?: Partial<InputGauges>
  readonly workers?: number | 'auto'
  readonly machineMiB?: number
  readonly backend?: string
}

/** A run on a GPU, in its second epoch or later, that decodes in 4 threads of 16 cores and waits 80 % of its time. */
function situation(change: Change = {}): InputSituation {
  const { now = { inputShare: 0.8, inputBound: true }, cold = 0.8, machineMiB = 65_536 } = change
  const warm = 'warm' in change ? change.warm : 0.8
  const input =
    'gauges' in change && change.gauges === undefined ? undefined : { ...gauges, ...change.gauges }
  return {
    run: {
      name: 'motion',
      shapes: change.shapes ?? [slow],
      now: {
        iteration: 1000,
        epoch: 3,
        phase: 0,
        shape: { ...shape, stride: 2 },
        lr: 0.1,
        loss: 1,
        top1: 0.5,
        clipsPerSecond: 8,
        progress: 0.1,
        secondsLeft: 100,
        ...now,
      },
      device: { type: 'device', cpuUtilisation: 100, rssMiB: 1000, ...(input && { input }) },
      info: {
        type: 'run',
        id: '',
        name: '',
        model: '',
        parameters: 0,
        flopsPerClip: [],
        classes: [],
        clips: { train: 4000, val: 0 },
        backend: change.backend ?? 'tfjs-node-gpu',
        device: '',
        reason: '',
        versions: {},
        iteration: 0,
        epoch: 0,
      },
    },
    waits: {
      cold: waited(cold),
      warm: warm === undefined ? waited(0, 0) : waited(warm),
      ...(change.warmFrom && { warmFrom: { ...gauges, ...change.warmFrom } }),
    },
    data: { workers: change.workers ?? 'auto', jitter: [128, 160] },
    machineMiB,
  }
}

const words = (change?: Change): string => explainInput(situation(change)).join('\n\n')

/** What is advised, a line each, as far as its first sentence. */
const advice = (change?: Change): string[] =>
  words(change)
    .split('## What to do\n\n')[1]!
    .split('\n')
    .flatMap((line) => /^\d\. (.*?)[:.](?: |$)/.exec(line)?.[1] ?? [])

const threads = 'Decode in more threads'
const memory = 'Keep all clips in memory'
const disk = 'Keep decoded clips on disk'
const videos = 'Store the videos at the size that is used'
const patience = 'Wait for the second epoch'

describe('what is advised', () => {
  const fine = { inputShare: 0.05, inputBound: false }
  it.each<[situation: string, change: Change, advised: string[]]>([
    ['threads all busy, cores free, room in memory', {}, [threads, memory]],
    ['no core is free', { gauges: { cores: 4 } }, [memory]],
    ['as many threads as decoding takes', { gauges: { workers: 10, busy: 9.9 } }, [memory]],
    ['clips that memory has no room for', { machineMiB: 16_384 }, [threads, disk]],
    [
      'a disk cache too small for them',
      { machineMiB: 16_384, gauges: { diskLimitMiB: 4096 } },
      [threads, disk],
    ],
    ['a disk cache that holds them', { machineMiB: 16_384, gauges: { diskLimitMiB: 14_000 } }, [threads]],
    ['a memory cache that holds them', { gauges: { memoryLimitMiB: 14_000 } }, [threads]],
    ['a data set of unknown size', { gauges: { datasetMiB: undefined } }, [threads]],
    ['videos of 720 pixels where 160 are used', { gauges: { shortSide: 720 } }, [threads, memory, videos]],
    ['videos a little larger than what is used', { gauges: { shortSide: 220 } }, [threads, memory]],
    ['idle decoding threads', { gauges: { busy: 1 } }, []],
    ['clips that all come from memory', { gauges: { decoded: 0, fromMemory: 8000 } }, []],
    ['a twentieth of the clips decoded', { gauges: { decoded: 400, fromMemory: 7600 } }, []],
    [
      'a first epoch, and caches with room',
      { warm: undefined, gauges: { memoryLimitMiB: 14_000 } },
      [patience],
    ],
    [
      'a first epoch, and a disk with room',
      { warm: undefined, gauges: { diskLimitMiB: 14_000 } },
      [patience],
    ],
    ['a first epoch, and caches without room', { warm: undefined }, [threads, memory]],
    ['a run that waits little', { now: fine, warm: 0.05 }, []],
    ['a run that waited in an earlier phase', { now: fine }, [threads, memory]],
    ['a trainer that does not tell how it reads', { gauges: undefined }, []],
  ])('with %s: %j', (_, change, advised) => expect(advice(change)).toEqual(advised))

  it('is worth so much, by the numbers: threads', () => {
    expect(words()).toContain(
      '1. Decode in more threads: `"data.workers": 10` in place of "auto" (4). 10 threads could supply up to 40 clips/s; 4 supply up to 16 clips/s.',
    )
    // All cores are still too few; they compute too.
    expect(words({ gauges: { cores: 8 }, workers: 4, backend: 'tfjs-node' })).toContain(
      '`"data.workers": 8` in place of 4. 8 threads could supply up to 32 clips/s, which is all that the cores give; training would take 40 clips/s; 4 supply up to 16 clips/s. Training computes on the same cores, so expect less.',
    )
    // What comes from caches is supplied without a thread.
    expect(words({ gauges: { decoded: 4000, fromMemory: 4000 } })).toContain(
      '`"data.workers": 5` in place of "auto" (4). 5 threads could supply up to 40 clips/s; 4 supply up to 32 clips/s.',
    )
  })

  it('is worth so much, by the numbers: caches and videos', () => {
    expect(words()).toContain(
      '2. Keep all clips in memory: `"data.cacheMiB": 14336` in place of 1024. Decoded, the data set takes about 12 GiB of the machine\'s 64 GiB; after one epoch none of it is decoded again.',
    )
    expect(words({ machineMiB: 16_384, gauges: { diskLimitMiB: 4096 } })).toContain(
      '2. Keep decoded clips on disk: `"data.diskCacheMiB": 14336` in place of 4096. Decoded, the data set takes about 12 GiB, more than half of the machine\'s 16 GiB of memory. Each clip is then decoded once and read from there after that; now 100 % of those read are decoded.',
    )
    expect(words({ gauges: { shortSide: 720 } })).toMatch(
      /Their short side is 720 pixels, and no more than 160 are looked at: encoded anew, a clip has 20 times fewer pixels to decode\..*\n\n +```\n +ffmpeg -i LARGE\.mp4 -vf "scale='if\(lt\(iw,ih\),160,-2\)':'if\(lt\(iw,ih\),-2,160\)'" .* SMALL\.mp4/s,
    )
    expect(words({ warm: undefined, gauges: { memoryLimitMiB: 20_480 } })).toContain(
      'The memory cache has room for all clips (20 GiB for about 12 GiB): once each was decoded, none is decoded again.',
    )
  })

  it('is to change the schedule only where a setting is named', () => {
    const how =
      'Write it into the schedule file: a trainer takes it when it starts, so stop the run and resume it with the changes.'
    expect(words()).toContain(how)
    expect(words({ warm: undefined, gauges: { memoryLimitMiB: 14_000 } })).not.toContain(how)
  })

  it.each<[string, Change, string]>([
    [
      'nothing, where little can be gained',
      { now: fine, warm: 0.06, cold: 0.06 },
      'Nothing: with all data in time, training would gain 6 % of its time at most.',
    ],
    [
      'nothing, where the threads are idle',
      { gauges: { busy: 1 } },
      'No setting would help by these numbers: the 4 decoding threads are at work 25 % of the time, so it is not decoding that training waits for.',
    ],
    [
      'nothing, where nothing is decoded',
      { gauges: { decoded: 0, fromMemory: 8000 } },
      'No setting would help by these numbers: every clip comes from a cache already.',
    ],
    [
      'nothing, where the machine is too small',
      { gauges: { cores: 4, memoryLimitMiB: 1024, diskLimitMiB: 14_000 }, machineMiB: 16_384 },
      'No setting would help by these numbers: decoding is the work of 10 cores, and the machine has 4, all in all.',
    ],
    [
      'nothing in particular, where there are no numbers',
      { gauges: undefined },
      'This trainer does not tell how it reads clips, so its numbers speak for nothing in particular.',
    ],
  ])('is %s', (_, change, sentence) => expect(words(change)).toContain(sentence))
})

describe('what was measured', () => {
  it('is the share of the time, over all and by shape', () => {
    const fast: ShapeStats = {
      shape: { batch: 64, frames: 4, size: 56 },
      steps: 500,
      clipsPerSecond: 128,
      secondsPerStep: 0.5,
      inputShare: 0.04,
    }
    expect(words({ shapes: [slow, fast] })).toContain(
      'Training waited for data 65 % of its time so far, 14 min of 21 min, and 80 % of its last steps. It is input-bound',
    )
    expect(words({ shapes: [slow, fast] })).toContain(
      `| shape         | clips/s | clips/s if data came in time | waiting |
| ------------- | ------: | ---------------------------: | ------: |
| 8 × 16 × 112² |       8 |                           40 |    80 % |
| 64 × 4 × 56²  |     128 |                          133 |     4 % |`,
    )
  })

  it('is what decoding takes beside what there is', () => {
    expect(words()).toContain(
      'A thread takes 250 ms to decode a clip. Training would take 40 clips/s if they came in time; decoding them is the work of 10 cores. Of 4 decoding threads, 3.9 are at work on average; the machine has 16 cores.',
    )
    expect(words({ gauges: { decoded: 0, fromMemory: 9, secondsPerClip: undefined } })).toContain(
      'No clip was decoded yet. Of 4 decoding threads',
    )
  })

  it('counts clips since the first epoch, which no cache can have helped', () => {
    const change: Change = {
      gauges: { decoded: 5000, fromMemory: 3000, fromDisk: 1000, diskMiB: 2000, diskLimitMiB: 4096 },
      warmFrom: { decoded: 4000, fromMemory: 0, fromDisk: 0 },
    }
    expect(words(change)).toContain(
      'Of the 5,000 clips read, 20 % were decoded, 60 % came from memory, 20 % from disk. The memory cache holds 1 GiB of at most 1 GiB, the disk cache 2 GiB of 4 GiB. Decoded, the whole data set takes about 12 GiB.',
    )
    expect(words(change)).toContain('decoding 20 % of them is the work of 2 cores.')
  })

  it('says that the first epoch was slower where caches helped since', () => {
    const passed =
      'In its first epoch since the trainer was started, when no clip was cached yet, it was 61 %; since then 6 %.'
    const change = { now: { inputShare: 0.06, inputBound: false }, cold: 0.61 }
    expect(words({ ...change, warm: 0.06 })).toContain(passed)
    expect(words({ ...change, warm: 0.5 })).not.toContain('In its first epoch')
  })

  it('is nothing before the first step', () => {
    expect(explainInput(situation({ shapes: [] }))).toEqual([
      '# Waiting for data: `motion`',
      'Nothing was measured yet: this run has trained no step.',
    ])
  })

  it('survives a run that only waited, and a name that is markup', () => {
    const stuck = situation({ shapes: [{ ...slow, inputShare: 1 }] })
    const text = explainInput({ ...stuck, run: { ...stuck.run, name: '`<b>\n# x' } }).join('\n')
    expect(text).toContain('# Waiting for data: ` <b> # x`')
    expect(text).not.toMatch(/NaN|Infinity|undefined|would take 0/)
  })
})
