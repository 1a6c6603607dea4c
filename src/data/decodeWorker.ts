import { parentPort, workerData } from 'node:worker_threads'
import { cut, firstFrame } from './cut'
import { ClipError, decodeWindow, openVideo } from './decode'
import type { Video } from './decode'
import type { CutOutcome, CutTask, DecodeSettings, FromDecoder, ToDecoder } from './decodeMessages'
import { DecoderMissing } from './ffmpeg'
import { promisedFrames } from './videoHeader'

// A thread of its own: it keeps decoding while the main thread sits in a training step. TensorFlow never comes here.
const port = parentPort!
const settings = workerData as DecodeSettings
const queue: CutTask[] = []
let current: { readonly id: number; readonly abort: AbortController } | undefined
let closing = false

port.on('message', (message: ToDecoder) => {
  switch (message.kind) {
    case 'cut':
      queue.push(message.task)
      if (!current) void drain()
      return
    case 'cancel':
      cancel(new Set(message.ids))
      return
    case 'close':
      closing = true
      cancel(new Set([...queue.map((task) => task.id), ...(current ? [current.id] : [])]))
      if (!current) port.close()
  }
})

async function drain(): Promise<void> {
  for (let task = queue.shift(); task; task = queue.shift()) {
    const abort = new AbortController()
    current = { id: task.id, abort }
    tell(task.id, await perform(task, abort.signal))
    current = undefined
  }
  if (closing) port.close()
}

function cancel(ids: ReadonlySet<number>): void {
  const dropped = queue.filter((task) => ids.has(task.id))
  queue.splice(0, queue.length, ...queue.filter((task) => !ids.has(task.id)))
  for (const task of dropped) tell(task.id, { kind: 'cancelled' })
  if (current && ids.has(current.id)) current.abort.abort()
}

function tell(id: number, outcome: CutOutcome): void {
  port.postMessage({ id, outcome } satisfies FromDecoder)
}

async function perform(task: CutTask, signal: AbortSignal): Promise<CutOutcome> {
  try {
    const { footage } = task
    if (footage.kind === 'pictures') throw new ClipError(footage.folder, 'folders of pictures are not read')
    const options = { ...settings, file: footage.file, shortSide: task.shortSide, signal }
    const video = task.video ?? (await openVideo(options))
    await cutFrom(video, task, footage.file, signal)
    return { kind: 'done', video: task.video ? undefined : video }
  } catch (error) {
    if (signal.aborted) return { kind: 'cancelled' }
    if (error instanceof ClipError) return { kind: 'unreadable', reason: error.reason }
    if (error instanceof DecoderMissing) return { kind: 'no-decoder', reason: error.reason }
    return { kind: 'broken', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

async function cutFrom(video: Video, task: CutTask, file: string, signal: AbortSignal): Promise<void> {
  const { shortSide, sample, frames, size } = task
  const out = new Uint8Array(task.out, task.offset, frames * size * size * 3)
  if (video.kind === 'whole') {
    const first = firstFrame(sample, frames, video.frames.count)
    cut({ video: video.frames, sample, first, stride: sample.stride, frames, size, out })
    return
  }
  const { header } = video
  const first = firstFrame(sample, frames, promisedFrames(header))
  const { ffmpeg } = settings
  const { stride } = sample
  const window = await decodeWindow({ ffmpeg, file, shortSide, signal, header, first, stride, count: frames })
  cut({ video: window, sample, first: 0, stride: 1, frames, size, out })
}
