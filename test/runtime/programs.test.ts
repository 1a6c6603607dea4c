import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HumanError } from '../../src/HumanError'
import { findFfmpeg } from '../../src/runtime/ffmpeg'
import { findNode } from '../../src/runtime/node'
import { findOnPath } from '../../src/runtime/findOnPath'
import { runProgram } from '../../src/runtime/runProgram'

// Programs are small shell scripts here, as a user's wrappers may be.
describe.skipIf(process.platform === 'win32')('programs', () => {
  let bin: string
  beforeEach(() => (bin = mkdtempSync(path.join(tmpdir(), "bin a b's é-"))))
  afterEach(() => rmSync(bin, { recursive: true }))

  function program(name: string, script: string): string {
    const file = path.join(bin, name)
    writeFileSync(file, `#!/bin/sh\n${script}\n`)
    chmodSync(file, 0o755)
    return file
  }
  const saysFfmpeg = (version: string): string => `echo "ffmpeg version ${version} Copyright (c) 2000-2025"`
  const ffmpeg = (setting?: string): ReturnType<typeof findFfmpeg> =>
    findFfmpeg({ setting, env: { PATH: bin }, runtimeFolder: path.join(bin, 'runtime') })
  const node = (more: Partial<Parameters<typeof findNode>[0]> = {}): ReturnType<typeof findNode> =>
    findNode({
      setting: undefined,
      env: { PATH: bin },
      execPath: process.execPath,
      isElectron: false,
      ...more,
    })

  test('the ffmpeg of the settings comes before that of PATH', async () => {
    program('ffmpeg', saysFfmpeg('6.0'))
    const own = program('mine', saysFfmpeg('n7.1-static'))
    expect(await ffmpeg(own)).toEqual({ path: own, version: 'n7.1-static', origin: 'setting' })
    expect(await ffmpeg('')).toEqual({ path: path.join(bin, 'ffmpeg'), version: '6.0', origin: 'PATH' })
  })

  test.each([
    ['is not there', undefined, 'was not found'],
    ['fails', 'exit 3', 'ended with code 3'],
    ['is another program', 'echo hello', 'is not ffmpeg'],
  ])('an ffmpeg of the settings that %s is told, and PATH is not tried', async (_, script, why) => {
    program('ffmpeg', saysFfmpeg('6.0'))
    const own = script === undefined ? path.join(bin, 'none') : program('mine', script)
    await expect(ffmpeg(own)).rejects.toThrow(HumanError)
    await expect(ffmpeg(own)).rejects.toThrow(why)
  })

  test('the runtime’s ffmpeg serves where PATH has none that runs', async () => {
    program('ffmpeg', 'exit 1')
    const folder = path.join(bin, 'runtime')
    mkdirSync(folder)
    const manifest = {
      version: 1,
      backend: 'wasm',
      packages: [],
      origin: 'none',
      reason: 'why',
      ffmpeg: 'own',
      node: '20.0.0',
      installedAt: '',
    }
    writeFileSync(path.join(folder, 'runtime.json'), JSON.stringify(manifest))
    copyFileSync(program('copy', saysFfmpeg('4.1')), path.join(folder, 'own'))
    expect(await ffmpeg()).toEqual({ path: path.join(folder, 'own'), version: '4.1', origin: 'package' })
  })

  test('without any ffmpeg the message says what to do', async () => {
    await expect(ffmpeg()).rejects.toThrow(/install ffmpeg so that it is on PATH/)
  })

  test('the Node.js on PATH is told by its real executable', async () => {
    program('node', `exec "${process.execPath}" "$@"`)
    expect(await node({ execPath: '/none' })).toEqual({
      path: process.execPath,
      version: process.versions.node,
      env: {},
      nativeCapable: true,
    })
  })

  test('where PATH has none, or an old one, this process’s own serves', async () => {
    const own = { path: process.execPath, version: process.versions.node, env: {}, nativeCapable: true }
    expect(await node()).toEqual(own)
    program('node', 'echo node 16.20.0; echo /usr/bin/node')
    expect(await node()).toEqual(own)
  })

  test('the editor’s own executable runs as Node.js, for wasm only', async () => {
    const editor = program('editor', `[ "$ELECTRON_RUN_AS_NODE" = 1 ] && exec "${process.execPath}" "$@"`)
    expect(await node({ execPath: editor, isElectron: true })).toMatchObject({
      path: editor,
      env: { ELECTRON_RUN_AS_NODE: '1' },
      nativeCapable: false,
    })
  })

  test('a Node.js of the settings that is too old is told', async () => {
    const old = program('old', 'echo node 16.20.0; echo /usr/bin/node')
    await expect(node({ setting: old })).rejects.toThrow(
      /is version 16\.20\.0, and 18 is the oldest that works/,
    )
  })

  test('without any Node.js the message says what to do', async () => {
    await expect(node({ execPath: path.join(bin, 'none') })).rejects.toThrow(/install Node\.js 18 or newer/)
  })

  test('a relative entry of PATH, a folder and a file that may not run do not count', () => {
    writeFileSync(path.join(bin, 'plain'), '')
    mkdirSync(path.join(bin, 'folder'))
    program('tool', '')
    const find = (name: string, PATH: string): string | undefined => findOnPath(name, { PATH })
    expect(find('plain', bin)).toBeUndefined()
    expect(find('folder', bin)).toBeUndefined()
    expect(find('tool', path.relative(process.cwd(), bin))).toBeUndefined()
    expect(find('tool', `:.:/none:${bin}`)).toBe(path.join(bin, 'tool'))
  })

  test('a program that does not end in time is ended, with its children', async () => {
    const file = program('parent', 'sleep 60 & echo $!; wait')
    const { stdout, failure } = await runProgram({ file, args: [], env: process.env, timeoutMs: 300 })
    expect(failure).toMatch(/did not end within/)
    await new Promise((resolve) => setTimeout(resolve, 50))
    const state = await runProgram({
      file: '/bin/sh',
      args: ['-c', `ps -o stat= -p ${Number(stdout)} | grep -v Z`],
      env: process.env,
      timeoutMs: 5000,
    })
    expect(state.stdout).toBe('')
  })
})
