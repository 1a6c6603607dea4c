import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { findOnPath, withPathOutside } from '../../src/runtime/findOnPath'

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] } }
  contributes: { configuration: { properties: Record<string, { scope?: string }> } }
}

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(path.join('src', name), 'utf8') }))

describe('a program that is started', () => {
  it('is named by settings of the user or the machine, never by those of a workspace', () => {
    const executables = Object.entries(manifest.contributes.configuration.properties).filter(([name]) =>
      /path|gpu|command|executable|args|env/i.test(name),
    )
    expect(executables.map(([name]) => name)).toContain('multigrid.nodePath')
    for (const [name, { scope }] of executables) expect(['machine', 'application'], name).toContain(scope)
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces
    expect(supported).toBe('limited')
    expect(restrictedConfigurations).toEqual(executables.map(([name]) => name))
  })

  it('is started in few places, each of which says that there is no shell', () => {
    const starting = sources.filter(({ text }) => /from '(node:)?child_process'/.test(text))
    expect(starting.map(({ name }) => name).sort()).toEqual([
      'data/ffmpeg.ts',
      'run/launch.ts',
      'runtime/runProgram.ts',
      'trainer/device.ts',
    ])
    for (const { name, text } of starting) {
      const calls = [...text.matchAll(/(?<!function )\b(spawn|execFile)\(/g)]
      const shells = [...text.matchAll(/shell: false/g)]
      expect(shells.length, name).toBe(calls.length)
    }
    for (const { name, text } of sources) {
      expect(text, name).not.toMatch(/shell: true|\bexec(Sync)?\(['"`]|require\(['"`](node:)?child_process/)
    }
  })

  it('is killed by its own parent only; a number from a file, once the process has proved to be that trainer', () => {
    const ends = sources.filter(({ text }) => /\bkillTree\((?!\n? *pid: number)/.test(text))
    expect(ends.map(({ name }) => name)).toEqual(['run/killTrainer.ts'])
    const killing = sources.filter(({ text }) => /process\.kill\(/.test(text))
    const kills = killing.flatMap(({ name, text }) =>
      [...text.matchAll(/process\.kill\(([^)]*)\)/g)].map(([, what]) => `${name}: ${what}`),
    )
    expect(kills.sort()).toEqual([
      'runtime/installLock.ts: holder, 0',
      'runtime/isAlive.ts: pid, 0',
      "runtime/runProgram.ts: -child.pid, 'SIGKILL'",
    ])
  })
})

describe('PATH on Windows', () => {
  const everywhere = (): boolean => true
  const found = (PATH: string): string | undefined =>
    findOnPath('ffmpeg', { Path: PATH }, 'win32', everywhere)

  test.each([
    ['the current directory', '.'],
    ['nothing between two semicolons', ';;'],
    ['a relative folder', 'node_modules\\.bin;..\\tools'],
    ['the current drive', '\\tools;/tools'],
    ['a drive’s current directory', 'C:;C:tools'],
  ])('finds nothing in %s', (_, entries) => {
    expect(found(entries)).toBeUndefined()
    expect(found(`${entries};C:\\ffmpeg\\bin`)).toBe('C:\\ffmpeg\\bin\\ffmpeg.exe')
  })

  it('is read with its quotes, and network folders count', () => {
    expect(found('"C:\\Program Files\\ffmpeg"')).toBe('C:\\Program Files\\ffmpeg\\ffmpeg.exe')
    expect(found('\\\\server\\tools')).toBe('\\\\server\\tools\\ffmpeg.exe')
  })

  it('leaves out the workspace, however it is written', () => {
    const Path = 'C:\\Work\\project\\node_modules\\.bin;c:\\work\\PROJECT;C:\\Work\\project2;D:\\bin;.'
    expect(withPathOutside({ Path }, ['c:\\work\\project'], 'win32')).toEqual({
      Path: 'C:\\Work\\project2;D:\\bin',
    })
  })
})

describe('PATH elsewhere', () => {
  it('leaves out the workspace and what is relative', () => {
    const PATH = '/w/project/bin:/w/project:/w/project-2/bin:bin::.:/usr/bin:/w/..w/bin'
    expect(withPathOutside({ PATH, HOME: '/h' }, ['/w/project', '/none'], 'linux')).toEqual({
      PATH: '/w/project-2/bin:/usr/bin:/w/..w/bin',
      HOME: '/h',
    })
    expect(withPathOutside({ PATH: '/w/..project/bin' }, ['/w'], 'linux')).toEqual({ PATH: '' })
  })
})
