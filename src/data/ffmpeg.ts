import { spawn } from 'node:child_process'

/** ffmpeg could not be started at all, so that no clip can be read. `reason` is the system's error code. */
export class DecoderMissing extends Error {
  override readonly name = 'DecoderMissing'
  constructor(readonly reason: string) {
    super(`ffmpeg could not be started (${reason})`)
  }
}

export interface FfmpegEnd {
  /** The exit code, or the name of the signal that ended it. */
  readonly end: number | string
  /** Everything it wrote to its log, each line with its level; the last 64 KiB of it. */
  readonly log: string
}

/**
 * Runs ffmpeg to its end; `onOutput` and `onLog` see what it writes as it comes, `signal` kills it.
 * Resolves when the process is gone and its pipes are closed; rejects with DecoderMissing only.
 */
export function runFfmpeg(options: {
  ffmpeg: string
  args: readonly string[]
  signal: AbortSignal
  onOutput: (chunk: Buffer) => void
  onLog?: (logSoFar: string) => void
}): Promise<FfmpegEnd> {
  const { ffmpeg, args, signal, onOutput, onLog } = options
  return new Promise((resolve, reject) => {
    const child = spawn(ffmpeg, ['-hide_banner', '-nostdin', '-nostats', '-v', 'level+info', ...args], {
      shell: false,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const kill = () => child.kill('SIGKILL')
    if (signal.aborted) kill()
    else signal.addEventListener('abort', kill)
    let log = ''
    child.stdout.on('data', onOutput)
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-65_536)
      onLog?.(log)
    })
    child.on('error', (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', kill)
      if (child.pid === undefined) reject(new DecoderMissing(error.code ?? error.message))
    })
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', kill)
      resolve({ end: code ?? killedBy ?? 'unknown', log })
    })
  })
}
