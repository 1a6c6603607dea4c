import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { runProgram } from './runProgram'

/**
 * Whether the process `pid` was started with a path that ends in `ending` (with slashes, like `runs/7`): numbers of
 * processes are used again, and a record may outlive its process, or lie. Undefined where the system does not tell.
 */
export async function isProcessOf(
  pid: number,
  ending: string,
  { platform = process.platform, run = runProgram, proc = '/proc' } = {},
): Promise<boolean | undefined> {
  if (platform === 'linux') {
    try {
      const line = await readFile(path.join(proc, String(pid), 'cmdline'), 'utf8')
      return line.split('\0').some((argument) => `/${slashes(argument)}`.endsWith(`/${ending}`))
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? false : undefined
    }
  }
  const { stdout, failure } = await run({ ...lister(pid, platform), timeoutMs: 10_000 })
  if (stdout.trim() === '') return failure === undefined || platform !== 'win32' ? false : undefined
  return slashes(stdout).includes(`/${ending}`)
}

const slashes = (text: string): string => text.replaceAll('\\', '/')

function lister(pid: number, platform: NodeJS.Platform): { file: string; args: string[] } {
  if (platform !== 'win32') return { file: '/bin/ps', args: ['-ww', '-o', 'args=', '-p', String(pid)] }
  const query = `(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CommandLine`
  const file = path.win32.join(
    process.env['SystemRoot'] ?? 'C:\\Windows',
    'System32\\WindowsPowerShell\\v1.0\\powershell.exe',
  )
  return { file, args: ['-NoProfile', '-NonInteractive', '-Command', query] }
}
