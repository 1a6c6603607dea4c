import { parentPort, workerData } from 'node:worker_threads'
import { ClipError } from './clipError'
import { cutTask } from './cutTask'
import type { CutOutcome, CutTask, DecodeSettings, FromDecoder, ToDecoder } from './decodeMessages'
import { DecoderMissing } from './ffmpeg'

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
  const began = performance.now()
  try {
    const done = await cutTask(task, settings, signal)
    return { kind: 'done', ...done, seconds: (performance.now() - began) / 1000 }
  } catch (error) {
    if (signal.aborted) return { kind: 'cancelled' }
    if (error instanceof ClipError) return { kind: 'unreadable', reason: error.reason }
    if (error instanceof DecoderMissing) return { kind: 'no-decoder', reason: error.reason }
    return { kind: 'broken', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
