import { runEvent } from '../protocol/events'
import type { RunEvent } from '../protocol/events'
import { maxFrameBytes } from '../protocol/requests'

const newline = 10

/** Events from the bytes of events.jsonl, as they come; a line that is no event, or longer than one can be, is passed over. */
export class EventLines {
  private readonly decoder = new TextDecoder()
  private parts: Uint8Array[] = []
  private bytes = 0

  /** The events whose lines end in `chunk`. */
  push(chunk: Uint8Array): RunEvent[] {
    const events: RunEvent[] = []
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      this.keep(chunk.subarray(start, end))
      events.push(...this.end())
      start = end + 1
    }
    this.keep(chunk.subarray(start))
    return events
  }

  /** The event of the last line, where it is whole. */
  end(): RunEvent[] {
    const event = this.bytes <= maxFrameBytes ? this.decode() : undefined
    this.parts = []
    this.bytes = 0
    return event ? [event] : []
  }

  private keep(part: Uint8Array): void {
    this.bytes += part.length
    if (this.bytes <= maxFrameBytes) this.parts.push(part)
    else this.parts = []
  }

  private decode(): RunEvent | undefined {
    try {
      const text = this.parts.map((part) => this.decoder.decode(part, { stream: true })).join('')
      return runEvent.safeParse(JSON.parse(text + this.decoder.decode())).data
    } catch {
      return undefined
    }
  }
}
