import { createReadStream } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { runEvent } from '../protocol/events'
import type { RunEvent } from '../protocol/events'
import { runFiles } from '../protocol/runRecord'

/** The events on record in a run folder, in order; none when there is no file. A torn last line is left out. */
export async function* readEvents(folder: string): AsyncGenerator<RunEvent> {
  const stream = createReadStream(path.join(folder, runFiles.events), {
    encoding: 'utf8',
    highWaterMark: 1 << 18,
  })
  const lines = createInterface({ input: stream, crlfDelay: Infinity })
  try {
    for await (const line of lines) {
      const event = decode(line)
      if (event) yield event
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  } finally {
    lines.close()
    stream.destroy()
  }
}

function decode(line: string): RunEvent | undefined {
  try {
    const event = runEvent.safeParse(JSON.parse(line))
    return event.success ? event.data : undefined
  } catch {
    return undefined
  }
}
