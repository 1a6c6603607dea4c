import { ClipError } from './clipError'
import { cutDecoded, cutKept, cutTask, isKept } from './cutTask'
import type { CutDone } from './cutTask'
import type { CutOutcome, CutTask, DecodeSettings } from './decodeMessages'
import { decodeTogether } from './decodeTogether'
import type { VideoFootage, Whole } from './video'
import { DecoderInterrupted, DecoderMissing } from './ffmpeg'

/** Clips that one process decodes at most, and the seconds that it should take about. */
const [largest, targetSeconds] = [8, 0.4]
/** Tasks that are taken alone after a group in which something was amiss. */
const pause = 64

/** How often a clip is tried whose ffmpeg is ended from outside. */
const attempts = 3
const betweenAttemptsMs = 500

type VideoTask = CutTask & { readonly footage: VideoFootage }

/** Carries out the tasks of a thread, several short clips at a time: starting ffmpeg costs more than decoding one of them. */
export class CutGroup {
  /** Of a clip, a running mean; undefined before the first. */
  private seconds: number | undefined
  /** Tasks to take alone yet. */
  private alone = 0

  constructor(
    private readonly settings: DecodeSettings,
    private readonly tell: (id: number, outcome: CutOutcome) => void,
  ) {}

  /** How many tasks are best taken at once. */
  get size(): number {
    // Pipes beyond the usual three do not reach a program on Windows.
    if (this.seconds === undefined || this.alone > 0 || process.platform === 'win32') return 1
    return Math.max(1, Math.min(largest, Math.floor(targetSeconds / this.seconds)))
  }

  /** Tells how each task ended but those that it gives back: the ones that `signal` interrupted. */
  async cut(tasks: readonly CutTask[], signal: AbortSignal): Promise<CutTask[]> {
    const missing: CutTask[] = []
    for (const task of tasks) {
      if (!(await this.perform(task, () => cutKept(task, this.settings), signal))) missing.push(task)
    }
    const together = missing.filter(isShared)
    const wholes =
      together.length > 1 && !signal.aborted ? await this.decode(together, signal) : new Map<CutTask, Whole>()
    const left: CutTask[] = []
    for (const task of missing) {
      const whole = wholes.get(task)
      const act = (): Promise<CutDone> =>
        whole ? cutDecoded(task, this.settings, whole) : cutTask(task, this.settings, signal)
      const done =
        !signal.aborted && (await this.perform(task, act, signal, wholes.size > 0 ? this.seconds : undefined))
      if (!done) left.push(task)
    }
    return left
  }

  private async decode(tasks: readonly VideoTask[], signal: AbortSignal): Promise<Map<CutTask, Whole>> {
    const began = performance.now()
    const wholes = await decodeTogether(tasks, { ...this.settings, signal }).catch(() => [])
    const found = new Map(
      tasks.flatMap((task, index) => {
        const whole = wholes[index]
        return whole ? [[task, whole] as const] : []
      }),
    )
    if (signal.aborted) return found
    if (found.size < tasks.length) this.alone = pause
    else this.note((performance.now() - began) / 1000 / tasks.length)
    return found
  }

  /** False where there was nothing to tell: nothing was kept, or the task was interrupted. */
  private async perform(
    task: CutTask,
    act: () => Promise<CutDone | undefined>,
    signal: AbortSignal,
    shared = 0,
  ): Promise<boolean> {
    const began = performance.now()
    try {
      const done = await attempt(act)
      if (!done) return false
      const seconds = (performance.now() - began) / 1000
      if (done.from === 'decoder' && shared === 0) this.note(seconds)
      if (this.alone > 0) this.alone--
      this.tell(task.id, { kind: 'done', ...done, seconds: seconds + shared })
    } catch (error) {
      if (signal.aborted) return false
      this.tell(task.id, failure(error))
    }
    return true
  }

  private note(seconds: number): void {
    this.seconds = this.seconds === undefined ? seconds : 0.8 * this.seconds + 0.2 * seconds
  }
}

/** Again where ffmpeg was ended from outside, for want of memory say: that is not the clip's fault. */
async function attempt<T>(act: () => Promise<T>): Promise<T> {
  for (let left = attempts; ; left--) {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof DecoderInterrupted) || left <= 1) throw error
      await new Promise((resolve) => setTimeout(resolve, betweenAttemptsMs))
    }
  }
}

/** Whether it may be decoded together with others: only what is kept is decoded whole. */
function isShared(task: CutTask): task is VideoTask {
  return task.footage.kind === 'video' && isKept(task) && task.video === undefined
}

function failure(error: unknown): CutOutcome {
  if (error instanceof ClipError) return { kind: 'unreadable', reason: error.reason }
  if (error instanceof DecoderMissing) return { kind: 'no-decoder', reason: error.reason }
  if (error instanceof DecoderInterrupted) return { kind: 'interrupted', reason: error.reason }
  return { kind: 'broken', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}
