import { Worker } from 'node:worker_threads'
import type { CutOutcome, CutTask, DecodeSettings, FromDecoder, ToDecoder } from './decodeMessages'

interface Decoder {
  readonly worker: Worker
  readonly pending: Map<number, (outcome: CutOutcome) => void>
  readonly gone: Promise<unknown>
  /** Why it takes no more work. */
  broken: string | undefined
}

/**
 * Threads that decode. A task is handed over at once, not when a thread is free, so that the threads stay busy while
 * the main thread computes; each thread runs one ffmpeg at a time.
 */
export class DecodePool {
  private readonly decoders: readonly Decoder[]
  private nextId = 0
  private closing = false

  constructor(options: { workerFile: string; workers: number; settings: DecodeSettings }) {
    const { workerFile, workers, settings } = options
    this.decoders = Array.from({ length: Math.max(1, workers) }, () => startDecoder(workerFile, settings))
  }

  /** Resolves to how the task ended, never rejects; an aborted `signal` makes that soon. */
  run(task: Omit<CutTask, 'id'>, signal?: AbortSignal): Promise<CutOutcome> {
    if (this.closing || signal?.aborted) return Promise.resolve({ kind: 'cancelled' })
    const decoder = this.decoders.reduce((least, other) =>
      other.pending.size < least.pending.size ? other : least,
    )
    if (decoder.broken !== undefined) return Promise.resolve({ kind: 'broken', reason: decoder.broken })
    const id = this.nextId++
    const cancel = () => send(decoder, { kind: 'cancel', ids: [id] })
    signal?.addEventListener('abort', cancel)
    send(decoder, { kind: 'cut', task: { ...task, id } })
    return new Promise((resolve) => {
      decoder.pending.set(id, (outcome) => {
        decoder.pending.delete(id)
        signal?.removeEventListener('abort', cancel)
        resolve(outcome)
      })
    })
  }

  /** Ends every ffmpeg and every thread; resolves when they are gone. */
  async close(): Promise<void> {
    this.closing = true
    for (const decoder of this.decoders) send(decoder, { kind: 'close' })
    await Promise.all(this.decoders.map((decoder) => decoder.gone))
  }
}

function startDecoder(workerFile: string, settings: DecodeSettings): Decoder {
  const worker = new Worker(workerFile, { workerData: settings, execArgv: [] })
  const gone = new Promise((resolve) => worker.once('exit', resolve))
  const decoder: Decoder = { worker, pending: new Map(), gone, broken: undefined }
  worker.on('message', ({ id, outcome }: FromDecoder) => decoder.pending.get(id)?.(outcome))
  worker.on('error', (error) => (decoder.broken = error.stack ?? error.message))
  worker.on('exit', () => {
    decoder.broken ??= 'the decoding thread ended'
    for (const settle of decoder.pending.values()) settle({ kind: 'broken', reason: decoder.broken })
  })
  return decoder
}

function send(decoder: Decoder, message: ToDecoder): void {
  decoder.worker.postMessage(message)
}
