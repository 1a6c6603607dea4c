import path from 'node:path'
import type { RunEvent } from '../protocol/events'
import { runFiles } from '../protocol/runRecord'
import { EventLines } from './EventLines'
import { openEvents } from './eventFile'

const chunkBytes = 1 << 18

/** Reads events.jsonl on from where it was left, so that a run is looked at without a connection to its trainer. */
export class EventTail {
  private offset = 0
  private readonly lines = new EventLines()

  constructor(private readonly folder: string) {}

  /** The events since the last call, a chunk of the file at a time; none where there is no file. */
  async *next(): AsyncGenerator<RunEvent[]> {
    const file = await openEvents(path.join(this.folder, runFiles.events))
    if (!file) return
    try {
      for (;;) {
        const chunk = Buffer.allocUnsafe(chunkBytes)
        const { bytesRead } = await file.read(chunk, 0, chunkBytes, this.offset)
        if (bytesRead === 0) return
        this.offset += bytesRead
        yield this.lines.push(chunk.subarray(0, bytesRead))
      }
    } finally {
      await file.close()
    }
  }
}
