import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import type { EventPayload, RunEvent } from '../protocol/events'
import { appending } from '../protocol/ownFile'

const chunkBytes = 1 << 18
const offsetEvery = 1024
const recentLines = 1024
const pendingBytesLimit = 64 << 20

/**
 * events.jsonl: the durable record of a run, one event a line, `seq` gapless from 1 across restarts.
 * An event is in the file before anyone hears of it, so that a killed trainer never told more than it remembers;
 * while the disk is full, lines wait in memory in their order.
 */
export class EventLog {
  private readonly descriptor: number
  /** Byte offset of the lines 1, 1025, 2049, ... */
  private readonly offsets: number[] = [0]
  private readonly recent: string[] = []
  private readonly listeners = new Set<() => void>()
  private size = 0
  private lastSeq = 0
  private pending: Buffer[] = []
  private pendingBytes = 0

  /** Opens or creates the file; a last line that a crash tore is cut off. */
  constructor(file: string) {
    this.descriptor = openSync(file, appending | constants.O_RDWR, 0o600)
    this.scan()
  }

  get seq(): number {
    return this.lastSeq
  }

  append(payload: EventPayload): RunEvent {
    const event: RunEvent = { seq: this.lastSeq + 1, time: Date.now(), ...payload }
    const line = JSON.stringify(event)
    this.lastSeq = event.seq
    if ((event.seq - 1) % offsetEvery === 0)
      this.offsets[(event.seq - 1) / offsetEvery] = this.size + this.pendingBytes
    this.recent.push(line)
    if (this.recent.length > recentLines) this.recent.shift()
    const bytes = Buffer.from(`${line}\n`)
    this.pending.push(bytes)
    this.pendingBytes += bytes.length
    this.flush(payload.type === 'state' || payload.type === 'checkpoint')
    for (const listener of this.listeners) listener()
    return event
  }

  /** Lines from `fromSeq` on, about 256 KiB of them at most; empty when there are no newer ones. */
  read(fromSeq: number): string[] {
    if (fromSeq > this.lastSeq) return []
    const firstRecent = this.lastSeq - this.recent.length + 1
    if (fromSeq >= firstRecent) return this.recent.slice(fromSeq - firstRecent)
    return this.readFile(fromSeq)
  }

  onAppend(listener: () => void): { dispose(): void } {
    this.listeners.add(listener)
    return { dispose: () => this.listeners.delete(listener) }
  }

  close(): void {
    this.flush(true)
    closeSync(this.descriptor)
  }

  private readFile(fromSeq: number): string[] {
    const index = Math.floor((fromSeq - 1) / offsetEvery)
    let skip = fromSeq - 1 - index * offsetEvery
    let offset = this.offsets[index]!
    let rest = Buffer.alloc(0)
    const lines: string[] = []
    let bytes = 0
    while (bytes < chunkBytes) {
      const chunk = Buffer.alloc(chunkBytes)
      const length = readSync(this.descriptor, chunk, 0, chunkBytes, offset)
      if (length === 0) break
      offset += length
      const data = Buffer.concat([rest, chunk.subarray(0, length)])
      let start = 0
      for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
        if (skip > 0) skip--
        else {
          lines.push(data.toString('utf8', start, end))
          bytes += end - start
        }
        start = end + 1
      }
      rest = data.subarray(start)
    }
    return lines
  }

  /** Writes what waits, in order, as far as the disk takes it; never throws. */
  private flush(sync: boolean): void {
    try {
      while (this.pending.length > 0) {
        const bytes = this.pending[0]!
        const written = writeSync(this.descriptor, bytes)
        this.size += written
        this.pendingBytes -= written
        if (written < bytes.length) this.pending[0] = bytes.subarray(written)
        else this.pending.shift()
      }
      if (sync) fsyncSync(this.descriptor)
    } catch (error) {
      if (this.pendingBytes > pendingBytesLimit) throw error
    }
  }

  private scan(): void {
    const total = fstatSync(this.descriptor).size
    const chunk = Buffer.alloc(chunkBytes)
    let lastStart = 0
    for (let offset = 0; offset < total;) {
      const length = readSync(this.descriptor, chunk, 0, chunkBytes, offset)
      if (length === 0) break
      for (let at = chunk.indexOf(10); at >= 0 && at < length; at = chunk.indexOf(10, at + 1)) {
        lastStart = this.size
        this.size = offset + at + 1
        this.lastSeq++
        if (this.lastSeq % offsetEvery === 0) this.offsets[this.lastSeq / offsetEvery] = this.size
      }
      offset += length
    }
    if (this.lastSeq > 0 && !this.isEvent(lastStart, this.size)) {
      this.size = lastStart
      this.lastSeq--
    }
    if (this.size < total) ftruncateSync(this.descriptor, this.size)
  }

  private isEvent(start: number, end: number): boolean {
    const line = Buffer.alloc(end - start)
    readSync(this.descriptor, line, 0, line.length, start)
    try {
      return (JSON.parse(line.toString('utf8')) as { seq?: number }).seq === this.lastSeq
    } catch {
      return false
    }
  }
}
