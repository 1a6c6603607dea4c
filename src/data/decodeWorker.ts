import { parentPort, workerData } from 'node:worker_threads'
import { CutGroup } from './CutGroup'
import type { CutOutcome, CutTask, DecodeSettings, FromDecoder, ToDecoder } from './decodeMessages'

// A thread of its own: it keeps decoding while the main thread sits in a training step. TensorFlow never comes here.
const port = parentPort!
const group = new CutGroup(workerData as DecodeSettings, tell)
const queue: CutTask[] = []
let current: { readonly ids: ReadonlySet<number>; readonly abort: AbortController } | undefined
let closing = false
/** Of the tasks under way, those that nobody wants any more. */
const unwanted = new Set<number>()

port.on('message', (message: ToDecoder) => {
  switch (message.kind) {
    case 'cut':
      queue.push(message.task)
      if (!current) void drain()
      return
    case 'cancel':
      cancel(message.ids)
      return
    case 'close':
      closing = true
      cancel([...queue.map((task) => task.id), ...(current?.ids ?? [])])
      if (!current) port.close()
  }
})

async function drain(): Promise<void> {
  while (queue.length > 0) {
    const tasks = queue.splice(0, group.size)
    const abort = new AbortController()
    current = { ids: new Set(tasks.map((task) => task.id)), abort }
    // What was only interrupted because others of its group were cancelled is taken up again.
    for (const task of (await group.cut(tasks, abort.signal)).reverse()) {
      if (unwanted.has(task.id)) tell(task.id, { kind: 'cancelled' })
      else queue.unshift(task)
    }
    current = undefined
    unwanted.clear()
  }
  if (closing) port.close()
}

function cancel(cancelled: readonly number[]): void {
  const ids = new Set(cancelled)
  const dropped = queue.filter((task) => ids.has(task.id))
  queue.splice(0, queue.length, ...queue.filter((task) => !ids.has(task.id)))
  for (const task of dropped) tell(task.id, { kind: 'cancelled' })
  const underWay = cancelled.filter((id) => current?.ids.has(id))
  for (const id of underWay) unwanted.add(id)
  if (underWay.length > 0) current?.abort.abort()
}

function tell(id: number, outcome: CutOutcome): void {
  port.postMessage({ id, outcome } satisfies FromDecoder)
}
