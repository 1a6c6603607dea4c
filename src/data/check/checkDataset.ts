import { stat } from 'node:fs/promises'
import type { Dataset } from '../dataset'
import { DecoderInterrupted, DecoderMissing } from '../ffmpeg'
import type { Footage } from '../footage'
import { missingDecoder } from '../reader'
import { CheckIndex } from './CheckIndex'
import { sourceOf } from './found'
import type { Found } from './found'
import { interrupted } from './inspected'
import type { Inspected } from './inspected'
import { inspectPictures } from './inspectPictures'
import { inspectVideo } from './inspectVideo'
import { sideBySide } from './sideBySide'

export interface CheckOptions {
  readonly dataset: Pick<Dataset, 'train' | 'val'>
  readonly ffmpeg: string
  /** ffmpeg processes side by side, each with one thread. */
  readonly workers: number
  /** The file that keeps what is found; see `indexFile`. */
  readonly index: string
  /** Reads headers and first frames only. */
  readonly quick: boolean
  readonly signal: AbortSignal
  readonly onProgress?: (progress: CheckProgress) => void
}

/** Of files and folders: several clips can be parts of one. */
export interface CheckProgress {
  readonly done: number
  readonly total: number
  readonly unreadable: number
  /** Of the work, 0 to 1. */
  readonly share: number
  /** Undefined until there is something to judge by. */
  readonly secondsLeft: number | undefined
}

export interface Checked {
  /** By source: a video file, or a folder of pictures. */
  readonly found: ReadonlyMap<string, Found>
  readonly quick: boolean
  /** Sources that were read now; the others were known. */
  readonly read: number
  /** What a person should know of the check itself, as sentences. */
  readonly remarks: readonly string[]
}

/** A source that is to be read, and what that costs, in bytes of video. */
interface Task {
  readonly footage: Footage
  readonly source: string
  readonly stamp: string
  readonly bytes: number
  readonly cost: number
}

/** Starting ffmpeg takes as long as decoding so many bytes. */
const startBytes = 300_000

/**
 * Reads every clip of a data set that the index does not know, or knows as it was before it changed.
 * Rejects with HumanError where nothing can be read, and with the signal's reason when it is aborted: what was found
 * until then is kept.
 */
export async function checkDataset(options: CheckOptions): Promise<Checked> {
  const { dataset, quick, signal, workers } = options
  const footage = new Map(
    [...dataset.train, ...dataset.val].map((clip) => [sourceOf(clip.footage), clip.footage]),
  )
  const index = new CheckIndex(options.index)
  try {
    const found = new Map<string, Found>()
    const tasks: Task[] = []
    await sideBySide([...footage], 16, async ([source, one]) => {
      signal.throwIfAborted()
      const task = await taskOf(source, one)
      const known = task && index.get(source, task.stamp, quick)
      if (known) found.set(source, known)
      else tasks.push(task ?? { footage: one, source, stamp: '', bytes: 0, cost: startBytes })
    })
    const order = new Map([...footage.keys()].map((source, place) => [source, place]))
    tasks.sort((a, b) => order.get(a.source)! - order.get(b.source)!)
    const tell = progress(options, found, tasks)
    tell(undefined)
    await sideBySide(tasks, Math.max(1, workers), async (task) => {
      const result = await inspect(task, options)
      if (task.stamp !== '' && result.lasting) index.add(task.source, task.stamp, quick, result.found)
      found.set(task.source, result.found)
      tell(task)
    })
    await index.compact(new Set(footage.keys()))
    const remarks =
      index.failure === undefined
        ? []
        : [
            `What was found cannot be kept for the next time: ${options.index} cannot be written (${index.failure}).`,
          ]
    return { found, quick, read: tasks.length, remarks }
  } catch (error) {
    if (error instanceof DecoderMissing) throw missingDecoder(options.ffmpeg, error.reason)
    throw error
  } finally {
    index.close()
  }
}

/** Undefined where the source is not there. A folder of pictures changes when one comes, goes or is renamed. */
async function taskOf(source: string, footage: Footage): Promise<Task | undefined> {
  const status = await stat(source, { bigint: true }).catch(() => undefined)
  if (!status) return undefined
  const bytes = footage.kind === 'video' ? Number(status.size) : 0
  const stamp = `${footage.kind} ${status.size} ${status.mtimeNs}`
  return { footage, source, stamp, bytes, cost: startBytes + bytes }
}

function inspect(
  { footage, source, bytes }: Task,
  { ffmpeg, quick, signal }: CheckOptions,
): Promise<Inspected> {
  const inspecting =
    footage.kind === 'video'
      ? inspectVideo({ ffmpeg, file: source, bytes, quick, signal })
      : inspectPictures({ ffmpeg, folder: source, signal })
  return inspecting.catch((error: unknown) => {
    if (error instanceof DecoderInterrupted) return interrupted(error)
    throw error
  })
}

/** Tells of each task that is done how far the check is; at first, with none, of what was known. */
function progress(
  { onProgress }: CheckOptions,
  found: ReadonlyMap<string, Found>,
  tasks: readonly Task[],
): (task: Task | undefined) => void {
  const total = found.size + tasks.length
  const all = tasks.reduce((sum, { cost }) => sum + cost, 0)
  const began = performance.now()
  let unreadable = [...found.values()].filter(({ at }) => at === 'unreadable').length
  let spent = 0
  return (task) => {
    if (task && found.get(task.source)?.at === 'unreadable') unreadable++
    spent += task?.cost ?? 0
    onProgress?.({
      done: found.size,
      total,
      unreadable,
      share: all === 0 ? 1 : spent / all,
      secondsLeft: spent === 0 ? undefined : (((performance.now() - began) / 1000) * (all - spent)) / spent,
    })
  }
}
