import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'

/** ffmpeg could not be started at all, so that no clip can be read. `reason` is the system's error code. */
export class DecoderMissing extends Error {
  override readonly name = 'DecoderMissing'
  constructor(readonly reason: string) {
    super(`ffmpeg could not be started (${reason})`)
  }
}

/** Something else than the file or the caller kept ffmpeg from its work: it may be tried again. `reason` is a phrase. */
export class DecoderInterrupted extends Error {
  override readonly name = 'DecoderInterrupted'
  constructor(readonly reason: string) {
    super(`ffmpeg was kept from its work (${reason})`)
  }
}

/** What ended ffmpeg from outside, such as "SIGKILL"; undefined where it ended by itself. */
export function endedFromOutside({ end, log }: FfmpegEnd): string | undefined {
  const received = /^\[info\] Exiting normally, received signal (\d+)/m.exec(log)?.[1]
  if (received !== undefined) return `signal ${received}`
  return end === 'SIGKILL' || end === 'SIGTERM' ? end : undefined
}

/** Codes of a system that has no program of that name, or cannot run it. */
const missing = new Set(['ENOENT', 'EACCES', 'EPERM', 'ENOEXEC', 'ENOTDIR', 'EISDIR'])

function notStarted({ code, message }: NodeJS.ErrnoException): Error {
  return missing.has(code ?? '') ? new DecoderMissing(code!) : new DecoderInterrupted(code ?? message)
}

export interface FfmpegEnd {
  /** The exit code, or the name of the signal that ended it. */
  readonly end: number | string
  /** What it wrote to its log and `onLine` did not take, each line with its level; the last 64 KiB of it. */
  readonly log: string
}

/**
 * Runs ffmpeg to its end; `onOutput` and `onLine` see what it writes and logs as it comes, `signal` kills it.
 * A line for which `onLine` gives true is not kept. Resolves when the process is gone and its pipes are closed; rejects
 * with DecoderMissing, with DecoderInterrupted, and with what `input` throws.
 */
export function runFfmpeg(options: {
  ffmpeg: string
  args: readonly string[]
  signal: AbortSignal
  /** What it reads from its standard input, written as fast as it is taken. */
  input?: AsyncIterable<Uint8Array>
  /** How many outputs it has: `pipe:1`, then `pipe:3`, `pipe:4` and so on, see `outputPipe`. 1 if left out. */
  outputs?: number
  onOutput?: (chunk: Buffer, output: number) => void
  onLine?: (line: string) => boolean
}): Promise<FfmpegEnd> {
  const { ffmpeg, args, signal, input, outputs = 1, onOutput, onLine = () => false } = options
  return new Promise((resolve, reject) => {
    const noQuestions = input ? [] : ['-nostdin']
    const child = start(
      ffmpeg,
      ['-hide_banner', ...noQuestions, '-nostats', '-v', 'level+info', ...args],
      outputs,
    )
    if (child instanceof Error) {
      reject(notStarted(child))
      return
    }
    const kill = () => child.kill('SIGKILL')
    if (signal.aborted) kill()
    else signal.addEventListener('abort', kill)
    let kept = ''
    let rest = ''
    let inputError: Error | undefined
    const take = (line: string) => {
      if (!onLine(line)) kept = `${kept}${line}\n`.slice(-65_536)
    }
    const pipes = child.stdio.filter((_, index) => index === 1 || index > 2) as Readable[]
    for (const [output, pipe] of pipes.entries()) {
      pipe.on('data', (chunk: Buffer) => onOutput?.(chunk, output))
    }
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      lines.forEach(take)
    })
    // A decoder that has seen enough closes its end: that is its own business.
    child.stdin!.on('error', () => undefined)
    if (input) {
      feed(child.stdin!, input).catch((error: unknown) => {
        inputError = error as Error
        kill()
      })
    } else child.stdin!.end()
    child.on('error', (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', kill)
      if (child.pid === undefined) reject(notStarted(error))
    })
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', kill)
      if (rest) take(rest)
      const outcome = { end: code ?? killedBy ?? 'unknown', log: kept }
      const outside = signal.aborted ? undefined : endedFromOutside(outcome)
      if (inputError !== undefined) reject(inputError)
      else if (outside === undefined) resolve(outcome)
      else reject(new DecoderInterrupted(outside))
    })
  })
}

/** Node throws some of what keeps a program from starting, and tells the rest later. */
function start(ffmpeg: string, args: readonly string[], outputs: number): ChildProcess | Error {
  try {
    return spawn(ffmpeg, args, {
      shell: false,
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe', ...Array<'pipe'>(outputs - 1).fill('pipe')],
    })
  } catch (error) {
    return error as Error
  }
}

/** How ffmpeg is told to write to one of its outputs. */
export function outputPipe(output: number): string {
  return `pipe:${output === 0 ? 1 : output + 2}`
}

async function feed(stdin: NodeJS.WritableStream, input: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const bytes of input) {
    if (!stdin.writable) return
    if (stdin.write(bytes)) continue
    await new Promise<void>((resolve) => {
      const go = (): void => {
        for (const event of ['drain', 'close', 'error']) stdin.off(event, go)
        resolve()
      }
      for (const event of ['drain', 'close', 'error']) stdin.on(event, go)
    })
  }
  stdin.end()
}
