import { spawn } from 'node:child_process'

export interface Program {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** Hears what it prints, as it comes. */
  readonly onOutput?: ((text: string) => void) | undefined
}

/** How a program ended; `failure` is one line when it could not start, failed, was killed or ran out of time. */
export interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly failure?: string
  /** The signal that ended it, unless that was sent from here. */
  readonly killedBy?: string
}

/** By its full path: Windows would look for a bare name in the current directory first. */
export const taskkill = `${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\taskkill.exe`

/** Runs a program, never through a shell. Never rejects: all its children die with it on abort and timeout. */
export type RunProgram = (program: Program) => Promise<Ended>

export const runProgram: RunProgram = ({ file, args, cwd, env, timeoutMs, signal, onOutput }) =>
  new Promise((resolve) => {
    if (signal?.aborted) {
      resolve({ stdout: '', stderr: '', failure: 'was cancelled' })
      return
    }
    const group = process.platform !== 'win32'
    const child = spawn(file, args, {
      cwd,
      env,
      shell: false,
      detached: group,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let killedFor: string | undefined
    const kill = (why: string): void => {
      killedFor ??= why
      if (child.pid === undefined) return
      try {
        if (group) process.kill(-child.pid, 'SIGKILL')
        else
          spawn(taskkill, ['/pid', String(child.pid), '/T', '/F'], {
            shell: false,
            windowsHide: true,
            stdio: 'ignore',
          })
      } catch {
        child.kill('SIGKILL')
      }
    }
    const timer = setTimeout(() => kill(`did not end within ${Math.round(timeoutMs / 1000)} s`), timeoutMs)
    const cancel = (): void => kill('was cancelled')
    signal?.addEventListener('abort', cancel)
    const text = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        text[name] += chunk
        onOutput?.(chunk)
      })
    }
    const end = (failure: string | undefined, killedBy?: string): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
      resolve({
        ...text,
        ...(failure !== undefined && { failure }),
        ...(killedBy !== undefined && { killedBy }),
      })
    }
    child.on('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ENOENT' ? 'was not found' : error.message),
    )
    child.on('close', (code, killSignal) => {
      if (killedFor !== undefined) end(killedFor)
      else if (killSignal) end(`was killed by ${killSignal}`, killSignal)
      else end(code === 0 ? undefined : `ended with code ${String(code)}`)
    })
  })
