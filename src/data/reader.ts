import { setMaxListeners } from 'node:events'
import { join } from 'node:path'
import { HumanError } from '../HumanError'
import { ByteCache } from './byteCache'
import type { Clip } from './dataset'
import { longestWholeSeconds } from './video'
import type { Video } from './video'
import type { CutOutcome } from './decodeMessages'
import { keepsOf } from './keeping'
import type { Keeping } from './keeping'
import { footageKey, footageName } from './footage'
import { DecodePool } from './decodePool'
import type { Sample } from './sampling'
import type { StoreFolder } from './StoreFolder'

/** Which samples of which clips make one batch. */
export interface ReadRequest {
  readonly clips: readonly Clip[]
  readonly samples: readonly Sample[]
  readonly frames: number
  readonly size: number
  /** Shorter side at which videos are decoded and kept, pixels; no sample's `shortSide` should be larger. */
  readonly decodeSide: number
  /** Ticks a second that strides count; each video's own frames where left out. */
  readonly rate?: number | undefined
}

export interface ClipBatch {
  /** batch × frames × size × size × 3 bytes, rgb, 0 to 255; valid until `release`. */
  readonly pixels: Uint8Array
  readonly shape: { readonly batch: number; readonly frames: number; readonly size: number }
  readonly labels: readonly (readonly number[])[]
  /** Mean of the clips' strides, frames. */
  readonly stride: number
  /** Index of each clip in the request's `clips`; not the one asked for where that could not be read. */
  readonly clips: readonly number[]
  /** Index of each clip that was asked for. */
  readonly asked: readonly number[]
  /** Gives the memory back for another batch: once the pixels have been copied to the device. Harmless when repeated. */
  release(): void
}

/** A clip that could not be read, and the one that took its place. */
export interface ClipProblem {
  /** The name of its footage, as that of the other. */
  readonly clip: string
  readonly reason: string
  readonly replacedBy: string
}

export interface ClipReaderOptions {
  readonly ffmpeg: string
  /** Decoding threads, each with one ffmpeg at a time. */
  readonly workers: number
  /** Decoded frames that are kept for the next epoch. */
  readonly cacheBytes: number
  /** The clips that are decoded whole, to be kept; of the others no more is decoded than is shown. All if left out. */
  readonly keeping?: Keeping
  /** Where decoded clips are kept from run to run. */
  readonly store?: StoreFolder | undefined
  /** Told once a clip. */
  readonly onProblem: (problem: ClipProblem) => void
  /** The bundled worker; beside the bundle unless said otherwise. */
  readonly workerFile?: string
  /** Videos longer than this are read a window at a time and never kept. */
  readonly maxWholeSeconds?: number
}

/** What reading came to since the reader was made. */
export interface ReaderCounts {
  /** Clips by where their frames came from. */
  readonly decoded: number
  readonly fromMemory: number
  readonly fromDisk: number
  /** Seconds that threads spent on clips that were decoded, and on all. */
  readonly decodeSeconds: number
  readonly busySeconds: number
  /** Held in memory, and in the folder of decoded clips. */
  readonly memoryBytes: number
  readonly diskBytes: number
}

/** What is known of a list of clips so far. */
interface Health {
  readonly tried: Set<number>
  readonly bad: Map<number, string>
}

/** More bad clips than this share are a broken data set, not bad luck. */
export const tolerated = 0.2
/** As many batches as are read ahead and trained on, of a short cycle's shapes and of an evaluation. */
const mostSpare = 6
/** Until so many clips have been tried, the share is of this number: lists have an order, and bad ones lie together. */
const judgedAfter = 500

/**
 * Reads batches of clips: decodes in threads, keeps what it decoded, replaces what cannot be read.
 * What a request yields depends on the request alone, not on threads, cache or earlier requests.
 */
export class ClipReader {
  private readonly pool: DecodePool
  private readonly whole: ByteCache<Video>
  private readonly long = new Map<string, Video>()
  /** Clips that are being decoded to be kept; never rejects. */
  private readonly opening = new Map<string, Promise<CutOutcome>>()
  private readonly health = new WeakMap<readonly Clip[], Health>()
  /** The one given back last at the end. */
  private readonly spare: SharedArrayBuffer[] = []
  private readonly keeping: Keeping
  private stopped: HumanError | undefined
  private readonly sums = { decoder: 0, memory: 0, disk: 0, decodeSeconds: 0, busySeconds: 0 }

  constructor(private readonly options: ClipReaderOptions) {
    const { ffmpeg, workers, cacheBytes, store, maxWholeSeconds = longestWholeSeconds } = options
    this.keeping = options.keeping ?? { memory: 1, disk: store ? 1 : 0 }
    this.whole = new ByteCache(cacheBytes)
    this.pool = new DecodePool({
      workerFile: options.workerFile ?? join(__dirname, 'decodeWorker.js'),
      workers,
      settings: {
        ffmpeg,
        maxSeconds: maxWholeSeconds,
        maxBytes: largestClip(cacheBytes, store?.limitBytes ?? 0),
        store: store?.path,
      },
    })
  }

  /** Rejects with HumanError when reading makes no sense any more, with the signal's reason when it is aborted. */
  async read(request: ReadRequest, signal?: AbortSignal): Promise<ClipBatch> {
    const { samples, frames, size } = request
    const clipBytes = frames * size * size * 3
    const buffer = this.takeBuffer(samples.length * clipBytes)
    // Each clip under way listens, and a large batch has more of them than Node takes for sound.
    if (signal) setMaxListeners(0, signal)
    // All of them, even when one has failed: a thread may still be writing into the buffer.
    const results = await Promise.allSettled(
      samples.map((sample, index) =>
        this.readClip({ request, sample, buffer, offset: index * clipBytes, signal }),
      ),
    )
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) {
      this.giveBuffer(buffer)
      throw failed.reason
    }
    const clips = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    let released = false
    return {
      pixels: new Uint8Array(buffer),
      shape: { batch: samples.length, frames, size },
      labels: clips.map((clip) => request.clips[clip]!.labels),
      stride: samples.reduce((sum, sample) => sum + sample.stride, 0) / Math.max(1, samples.length),
      clips,
      asked: samples.map(({ clip }) => clip),
      release: () => {
        if (!released) this.giveBuffer(buffer)
        released = true
      },
    }
  }

  /** The clips of a list that could not be read so far: their index and the reason. */
  unreadable(clips: readonly Clip[]): ReadonlyMap<number, string> {
    return this.healthOf(clips).bad
  }

  get counts(): ReaderCounts {
    const { decoder, memory, disk, decodeSeconds, busySeconds } = this.sums
    return {
      decoded: decoder,
      fromMemory: memory,
      fromDisk: disk,
      decodeSeconds,
      busySeconds,
      memoryBytes: this.whole.bytes,
      diskBytes: this.options.store?.bytes ?? 0,
    }
  }

  /** Ends threads and ffmpeg processes; resolves when they are gone. Reads under way reject. */
  async close(): Promise<void> {
    this.stopped ??= new HumanError('Reading of clips was stopped.')
    await this.pool.close()
    await this.options.store?.settled()
  }

  /** Resolves to the index of the clip that was read: the sample's, or the next in the list that can be read. */
  private async readClip(place: {
    request: ReadRequest
    sample: Sample
    buffer: SharedArrayBuffer
    offset: number
    signal: AbortSignal | undefined
  }): Promise<number> {
    const { request, sample, buffer, offset, signal } = place
    const { clips, frames, size, decodeSide: shortSide, rate } = request
    const health = this.healthOf(clips)
    const failedHere: number[] = []
    for (let step = 0; step < clips.length; step++) {
      const clip = (sample.clip + step) % clips.length
      if (health.bad.has(clip)) continue
      const { footage } = clips[clip]!
      const name = footageName(footage)
      const keeps = keepsOf(clip, this.keeping)
      // A clip that is listed twice may be kept once: each is read in its own way, whatever is known of the other.
      const isKept = keeps.memory || keeps.disk
      const key = `${isKept ? shortSide : 'window'}:${footageKey(footage)}`
      // Several views of a clip that is kept wait for the first to decode it.
      for (let other = this.opening.get(key); other; other = this.opening.get(key)) await other
      const video = (isKept ? this.whole.get(key) : undefined) ?? this.long.get(key)
      const task = { footage, sample, frames, size, shortSide, rate, video, keeps, out: buffer, offset }
      const cutting = this.pool.run(task, signal).then((outcome) => {
        if (outcome.kind === 'done' && outcome.video) {
          this.keep({ key, video: outcome.video, inMemory: keeps.memory })
        }
        return outcome
      })
      const outcome = await (keeps.memory && !video ? this.open(key, cutting) : cutting)
      signal?.throwIfAborted()
      if (this.stopped) throw this.stopped
      switch (outcome.kind) {
        case 'done':
          health.tried.add(clip)
          this.count(outcome)
          for (const bad of failedHere) {
            this.options.onProblem({
              clip: footageName(clips[bad]!.footage),
              reason: health.bad.get(bad)!,
              replacedBy: name,
            })
          }
          return clip
        case 'unreadable':
          health.tried.add(clip)
          if (!health.bad.has(clip)) failedHere.push(clip)
          health.bad.set(clip, outcome.reason)
          this.stopIfTooManyAreBad(clips, health)
          break
        case 'no-decoder':
          throw (this.stopped = missingDecoder(this.options.ffmpeg, outcome.reason))
        case 'interrupted':
          throw (this.stopped = new HumanError(
            `ffmpeg was ended from outside, again and again, while it decoded ${name} (${outcome.reason}). ` +
              'If the machine runs out of memory or processes, lower data.workers or data.cacheMiB, then go on from the checkpoint.',
          ))
        case 'cancelled':
          throw new Error('A read was cancelled that nobody cancelled.')
        case 'broken':
          throw new Error(`A decoding thread failed: ${outcome.reason}`)
      }
    }
    throw (this.stopped ??= new HumanError(
      `None of the ${clips.length} clips can be read. ${example(clips, health)}`,
    ))
  }

  /** Lets others wait for a clip that is being decoded to be kept. */
  private open(key: string, cutting: Promise<CutOutcome>): Promise<CutOutcome> {
    this.opening.set(key, cutting)
    return cutting.finally(() => this.opening.get(key) === cutting && this.opening.delete(key))
  }

  private keep({ key, video, inMemory }: { key: string; video: Video; inMemory: boolean }): void {
    if (video.kind === 'windows') this.long.set(key, video)
    else if (inMemory) this.whole.set(key, video, video.frames.pixels.byteLength)
  }

  private count({ from, seconds, stored }: Extract<CutOutcome, { kind: 'done' }>): void {
    this.sums[from]++
    this.sums.busySeconds += seconds
    if (from === 'decoder') this.sums.decodeSeconds += seconds
    this.options.store?.add(stored)
  }

  private stopIfTooManyAreBad(clips: readonly Clip[], health: Health): void {
    const judged = Math.max(health.tried.size, Math.min(clips.length, judgedAfter))
    if (clips.length < 5 || health.bad.size <= tolerated * judged) return
    throw (this.stopped = new HumanError(
      `${health.bad.size} of ${health.tried.size} clips cannot be read. ${example(clips, health)} ` +
        'Repair or remove them, then start again.',
    ))
  }

  private healthOf(clips: readonly Clip[]): Health {
    const known = this.health.get(clips) ?? { tried: new Set(), bad: new Map() }
    this.health.set(clips, known)
    return known
  }

  private takeBuffer(bytes: number): SharedArrayBuffer {
    const found = this.spare.findLastIndex(({ byteLength }) => byteLength === bytes)
    return found < 0 ? new SharedArrayBuffer(bytes) : this.spare.splice(found, 1)[0]!
  }

  private giveBuffer(buffer: SharedArrayBuffer): void {
    this.spare.push(buffer)
    // Those of shapes that are over go first: a schedule has many, and its batches are large.
    if (this.spare.length > mostSpare) this.spare.shift()
  }
}

/** An eighth of what is kept at most, so that one clip never empties it; at least a few seconds of small frames. */
function largestClip(memoryBytes: number, diskBytes: number): number {
  return Math.min(2 ** 30, Math.max(2 ** 24, memoryBytes / 8, diskBytes / 8))
}

/** For a person: nothing can be read at all. `code` is the system's. */
export function missingDecoder(ffmpeg: string, code: string): HumanError {
  return new HumanError(
    `Videos cannot be decoded: ffmpeg could not be started (${ffmpeg}: ${code}). ` +
      'Install ffmpeg, or correct its path, then start again.',
  )
}

function example(clips: readonly Clip[], health: Health): string {
  const [clip, reason] = [...health.bad][0]!
  return `For example ${footageName(clips[clip]!.footage)}: ${reason}.`
}
