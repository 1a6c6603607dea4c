import { runProgram, taskkill } from './runProgram'

/** Ends a process that leads a group of its own, and all its children, at once. Resolves when that was asked for. */
export async function killTree(
  pid: number,
  { platform = process.platform, run = runProgram, kill = process.kill.bind(process) } = {},
): Promise<void> {
  if (platform === 'win32') {
    await run({ file: taskkill, args: ['/pid', String(pid), '/T', '/F'], timeoutMs: 10_000 })
    return
  }
  try {
    kill(-pid, 'SIGKILL')
  } catch {
    // It leads no group, or has ended.
    try {
      kill(pid, 'SIGKILL')
    } catch {
      // It has ended.
    }
  }
}
