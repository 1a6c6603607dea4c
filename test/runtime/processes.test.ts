import { spawn } from 'node:child_process'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { isAlive } from '../../src/runtime/isAlive'
import { isProcessOf } from '../../src/runtime/isProcessOf'
import { killTree } from '../../src/runtime/killTree'
import type { Program, RunProgram } from '../../src/runtime/runProgram'

/** Stands for the programs of systems that this machine is not; keeps what it was asked for. */
function stand(stdout: string, failure?: string): { run: RunProgram; asked: Program[] } {
  const asked: Program[] = []
  const run: RunProgram = (program) => {
    asked.push(program)
    return Promise.resolve({ stdout, stderr: '', ...(failure !== undefined && { failure }) })
  }
  return { run, asked }
}

const id = '.multigrid/runs/20260101-120000-run'

describe('a process of another time', () => {
  it.skipIf(process.platform === 'win32')('is told by what it was started with, on this system', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 1e9)', path.join('/a b', id)], {
      stdio: 'ignore',
    })
    try {
      await new Promise((resolve) => child.once('spawn', resolve))
      expect(await isProcessOf(child.pid!, id)).toBe(true)
      expect(await isProcessOf(child.pid!, '.multigrid/runs/20260101-120000-ru')).toBe(false)
      // A record that names itself like another program's argument proves nothing.
      expect(await isProcessOf(child.pid!, '.multigrid/runs/-e')).toBe(false)
      expect(await isProcessOf(process.pid, id)).toBe(false)
    } finally {
      child.kill('SIGKILL')
    }
  })

  it.each(['darwin', 'win32'] as const)('is told by what it was started with, on %s', async (platform) => {
    const mine = stand(
      `node trainer.js ${platform === 'win32' ? `C:\\w\\${id.replaceAll('/', '\\')}` : `/w/${id}`}\n`,
    )
    expect(await isProcessOf(42, id, { platform, run: mine.run })).toBe(true)
    expect(mine.asked[0]!.args.join(' ')).toContain('42')
    expect(path.win32.isAbsolute(mine.asked[0]!.file)).toBe(true)
    expect(await isProcessOf(42, id, { platform, run: stand('vim\n').run })).toBe(false)
  })

  it('is gone where the system lists none of its number, and unknown where it does not list', async () => {
    expect(await isProcessOf(42, id, { platform: 'darwin', run: stand('', 'ended with code 1').run })).toBe(
      false,
    )
    expect(
      await isProcessOf(42, id, { platform: 'win32', run: stand('', 'was not found').run }),
    ).toBeUndefined()
    expect(await isProcessOf(2 ** 30, id, { platform: 'linux' })).toBe(
      process.platform === 'linux' ? false : undefined,
    )
  })
})

describe('ending a process by force', () => {
  it.skipIf(process.platform === 'win32')('ends its children', async () => {
    const code = `const { pid } = require('child_process').spawn('sleep', ['1000'], { stdio: 'ignore' }); console.log(pid); setTimeout(() => {}, 1e9)`
    const parent = spawn(process.execPath, ['-e', code], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const child = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)))
    const ended = new Promise((resolve) => parent.once('exit', resolve))
    await killTree(parent.pid!)
    await ended
    await expect.poll(() => isAlive(child)).toBe(false)
  })

  it('asks Windows for the whole tree', async () => {
    const { run, asked } = stand('')
    await killTree(42, { platform: 'win32', run })
    expect(asked).toMatchObject([{ args: ['/pid', '42', '/T', '/F'] }])
    expect(asked[0]!.file).toMatch(/^\w:\\.*\\taskkill\.exe$/)
  })

  it('is nothing where the process has ended', async () => {
    const kill = (): true => {
      throw Object.assign(new Error('none'), { code: 'ESRCH' })
    }
    await expect(killTree(42, { platform: 'linux', kill })).resolves.toBeUndefined()
  })
})
