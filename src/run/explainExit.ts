import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import path from 'node:path'
import { readOnly } from '../protocol/ownFile'
import { runFiles } from '../protocol/runRecord'
import { signalWords } from '../runtime/signalWords'

/** Why a trainer ended, in half a sentence. */
export function explainExit(code: number | null, signal: string | null): string {
  if (signal) return signalWords(signal)
  return code === 0 ? 'it ended' : `it ended with exit code ${code ?? 'unknown'}`
}

/** The last lines of trainer.log, without TensorFlow's own chatter; empty when there is none. */
export function lastLogLines(folder: string, lines = 5): string[] {
  const maxBytes = 16_384
  let descriptor: number
  try {
    descriptor = openSync(path.join(folder, runFiles.log), readOnly)
  } catch {
    return []
  }
  try {
    const { size } = fstatSync(descriptor)
    const buffer = Buffer.alloc(Math.min(size, maxBytes))
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length)
    return buffer
      .toString('utf8')
      .split(/\r?\n/)
      .filter(
        (line) =>
          line.trim() !== '' && !/^(I0000|WARNING: All log messages|To enable the following)/.test(line),
      )
      .slice(-lines)
  } finally {
    closeSync(descriptor)
  }
}
