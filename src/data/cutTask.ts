import { ClipError } from './clipError'
import { cut, momentsOf, spanOf } from './cut'
import { openStored, store, storedFile } from './clipStore'
import { decodeWhole } from './decodeWhole'
import { decodeWindow } from './decodeWindow'
import { unusable } from './unusable'
import type { DecodeOptions, Video, Whole } from './video'
import type { ClipSource, CutTask, DecodeSettings } from './decodeMessages'
import type { Frames } from './cut'
import { frameTimes, meanRate, shownAt, ticksIn, ticksOf } from './playback'
import type { FrameTimes } from './playback'
import { decodePictures, listPictures } from './pictures'
import { scanVideo } from './scan'
import type { VideoHeader } from './videoHeader'

export interface CutDone {
  readonly video: Video | undefined
  readonly from: ClipSource
  readonly stored: number
}

type Task = Omit<CutTask, 'id'>

/** Writes a sample of a clip into its place, from where its frames are had soonest. Rejects with ClipError or DecoderMissing. */
export async function cutTask(task: Task, settings: DecodeSettings, signal: AbortSignal): Promise<CutDone> {
  const kept = await cutKept(task, settings)
  if (kept) return kept
  const video = await decode(task, settings, signal)
  return video?.kind === 'whole' ? cutDecoded(task, settings, video) : { video, from: 'decoder', stored: 0 }
}

/** The same where nothing need be decoded; undefined elsewhere. */
export async function cutKept(task: Task, settings: DecodeSettings): Promise<CutDone | undefined> {
  if (task.video?.kind === 'whole') {
    cutFromWhole(task, task.video)
    return { video: undefined, from: 'memory', stored: 0 }
  }
  const file = await fileOfStore(task, settings)
  if (file === undefined || !(await cutFromStore(task, file))) return undefined
  return { video: undefined, from: 'disk', stored: 0 }
}

/** The same of a clip that has been decoded whole, which goes to where it is kept. */
export async function cutDecoded(task: Task, settings: DecodeSettings, whole: Whole): Promise<CutDone> {
  cutFromWhole(task, whole)
  const file = await fileOfStore(task, settings)
  return { video: whole, from: 'decoder', stored: file === undefined ? 0 : await store(file, whole) }
}

/** Decodes and cuts; the result is a whole clip, which is yet to be cut, or what is worth remembering. */
async function decode(task: Task, settings: DecodeSettings, signal: AbortSignal): Promise<Video | undefined> {
  const { footage, shortSide } = task
  const { ffmpeg } = settings
  const keeps = isKept(task)
  if (footage.kind === 'pictures') {
    const names = await listPictures(footage)
    const order = momentsOf(task.sample, task.frames, names.length)
    const decoded = { ffmpeg, folder: footage.folder, shortSide, signal }
    const all = keeps ? await decodePictures({ ...decoded, names, maxBytes: settings.maxBytes }) : 'too large'
    if (all !== 'too large') return { kind: 'whole', frames: all, times: frameTimes(names.map(() => NaN)) }
    const chosen = [...new Set(order)].map((index) => names[index]!)
    const frames = await decodePictures({ ...decoded, names: chosen, maxBytes: Infinity })
    if (frames === 'too large') throw new Error('Nothing is larger than infinity.')
    cutFrom(task, frames, placesOf(order))
    return undefined
  }
  return decodeVideo(task, settings, { ffmpeg, footage, shortSide, signal })
}

/** Of one picture, and of a video, seconds: what claims more has wrong times. */
const [longestShown, longestVideo] = [600, 1e6]

async function decodeVideo(
  task: Task,
  { maxSeconds, maxBytes }: DecodeSettings,
  options: DecodeOptions,
): Promise<Video | undefined> {
  const known = task.video?.kind === 'windows' ? task.video : undefined
  // What is kept is decoded without a look at it before: starting ffmpeg costs more than decoding a short clip.
  const opened = !known && isKept(task) ? await decodeWhole({ ...options, maxSeconds, maxBytes }) : undefined
  if (typeof opened === 'object') return opened
  const windows = known ?? {
    kind: 'windows',
    header: await headerOf(options),
    tooLarge: opened === 'too large',
  }
  const { header, tooLarge } = windows
  const rate = task.rate ?? header.framesPerSecond
  const ticks = ticksIn(header.seconds, rate)
  // A window that is most of the video is not worth seeking.
  const most = isKept(task) || spanOf(task.sample, task.frames) >= ticks / 2
  // ffmpeg would hold a picture for years, tick by tick, where a file says so.
  const stands = (header.longestGap ?? 0) > longestShown
  if (!tooLarge && (stands || (most && header.seconds <= maxSeconds))) {
    // Of a damaged video the window may still be sound.
    const whole = await decodeWhole({ ...options, maxSeconds: Infinity, maxBytes }).catch(
      (error: unknown) => {
        if (error instanceof ClipError) return undefined
        throw error
      },
    )
    if (typeof whole === 'object') {
      cutFromWhole(task, whole)
      return known ? undefined : windows
    }
  }
  if (stands || header.seconds > longestVideo) {
    throw new ClipError(`its times cannot be right: it would last ${Math.round(header.seconds / 3600)} hours`)
  }
  const moments = momentsOf(task.sample, task.frames, ticks)
  const window = { rate, offset: header.offset, first: moments[0]!, stride: task.sample.stride }
  const frames = await decodeWindow({ ...options, ...window, count: new Set(moments).size })
  cutFrom(
    task,
    frames,
    moments.map((_, index) => Math.min(index, frames.count - 1)),
  )
  return known ? undefined : windows
}

async function headerOf(options: DecodeOptions): Promise<VideoHeader> {
  const { header, outcome } = await scanVideo(options)
  if (header) return header
  throw await unusable(options.footage, outcome)
}

/** Whether the whole clip is wanted. */
export function isKept({ keeps }: Task): boolean {
  return keeps.memory || keeps.disk
}

function cutFromWhole(task: Task, { frames, times }: Whole): void {
  cutFrom(task, frames, orderIn(task, times))
}

/** False where it is not stored. */
async function cutFromStore(task: Task, file: string): Promise<boolean> {
  const stored = await openStored(file)
  if (!stored) return false
  try {
    const order = orderIn(task, stored.times)
    const frames = await stored.read(Int32Array.from(new Set(order))).catch(() => undefined)
    if (frames) cutFrom(task, frames, placesOf(order))
    return frames !== undefined
  } finally {
    await stored.close()
  }
}

async function fileOfStore(
  { footage, shortSide, keeps }: Task,
  { store: folder }: DecodeSettings,
): Promise<string | undefined> {
  if (folder === undefined || !keeps.disk) return undefined
  // What cannot be found is told by the decoder.
  return storedFile(folder, footage, shortSide).catch(() => undefined)
}

/** The number of each frame of the sample, in a clip whose frames are all there. */
export function orderIn({ footage, rate, sample, frames }: Task, times: FrameTimes): Int32Array {
  // Pictures have no times of their own: strides count them.
  const clock = (footage.kind === 'video' ? rate : undefined) ?? meanRate(times)
  return momentsOf(sample, frames, ticksOf(times, clock)).map((tick) => shownAt(times, tick, clock))
}

/** Where each frame of an order stands among its distinct ones. */
function placesOf(order: Int32Array): Int32Array {
  const places = new Map([...new Set(order)].map((frame, place) => [frame, place]))
  return order.map((frame) => places.get(frame)!)
}

function cutFrom({ sample, size, frames, out, offset }: Task, video: Frames, order: Int32Array): void {
  cut({ video, sample, order, size, out: new Uint8Array(out, offset, frames * size * size * 3) })
}
