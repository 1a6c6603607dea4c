import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import type { RunEvent } from '../protocol/events'
import { readOnly } from '../protocol/ownFile'
import { runFiles } from '../protocol/runRecord'
import { EventLines } from './EventLines'

const chunkBytes = 1 << 18

/** The events on record in a run folder, in order; none when there is no file. A torn last line is left out. */
export async function* readEvents(folder: string): AsyncGenerator<RunEvent> {
  const file = await openEvents(path.join(folder, runFiles.events))
  if (!file) return
  try {
    const lines = new EventLines()
    // Not a stream: that would read ahead of whoever takes the events.
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes)
      if (bytesRead === 0) break
      yield* lines.push(buffer.subarray(0, bytesRead))
    }
    yield* lines.end()
  } finally {
    await file.close()
  }
}

/** Undefined where there is none, or no file of its own. */
export async function openEvents(name: string): Promise<FileHandle | undefined> {
  let file: FileHandle
  try {
    file = await open(name, readOnly)
  } catch (error) {
    // ELOOP: a link, which no trainer makes there.
    if (['ENOENT', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
  if ((await file.stat()).isFile()) return file
  await file.close()
  return undefined
}
