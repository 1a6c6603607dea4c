import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addonFile, readRuntime, runtimeFolder } from '../../src/runtime/folder'

describe('the runtime folder', () => {
  test('is the one that MULTIGRID_RUNTIME names, made absolute', () => {
    expect(runtimeFolder({ MULTIGRID_RUNTIME: 'here' }, 'linux', '/home/a')).toBe(path.resolve('here'))
  })

  test.each([
    ['linux', {}, '/home/a', '/home/a/.local/share/multigrid/runtime'],
    ['linux', { XDG_DATA_HOME: '/data', MULTIGRID_RUNTIME: '' }, '/home/a', '/data/multigrid/runtime'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/a', '/home/a/.local/share/multigrid/runtime'],
    [
      'darwin',
      { XDG_DATA_HOME: '/data' },
      '/Users/a',
      '/Users/a/Library/Application Support/multigrid/runtime',
    ],
    ['win32', { LOCALAPPDATA: 'D:\\Local' }, 'C:\\Users\\a', 'D:\\Local\\multigrid\\runtime'],
    ['win32', {}, 'C:\\Users\\a', 'C:\\Users\\a\\AppData\\Local\\multigrid\\runtime'],
  ] as const)('on %s with %j follows the platform', (platform, env, home, expected) => {
    expect(runtimeFolder(env, platform, home)).toBe(expected)
  })
})

describe('what is installed', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'runtime-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  const good = {
    version: 1,
    backend: 'tfjs-node',
    packages: ['tfjs-node'],
    origin: 'wheel',
    tensorflow: '2.21.0',
    reason: 'no NVIDIA GPU was found',
    node: '20.0.0',
    installedAt: '2026-01-01T00:00:00.000Z',
  }
  const write = (manifest: unknown): void =>
    writeFileSync(
      path.join(folder, 'runtime.json'),
      typeof manifest === 'string' ? manifest : JSON.stringify(manifest),
    )
  const addAddon = (): void => {
    const file = addonFile(folder, 'tfjs-node')
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, '')
  }

  test('is read from the manifest', () => {
    write(good)
    addAddon()
    expect(readRuntime(folder)).toEqual(good)
  })

  test('is nothing where there is no folder', () => {
    expect(readRuntime(path.join(folder, 'none'))).toBeUndefined()
  })

  test.each([
    ['is cut short', JSON.stringify(good).slice(0, 40)],
    ['is of another version', { ...good, version: 2 }],
    ['lacks a field', { ...good, reason: undefined }],
    ['names a package we do not know', { ...good, packages: ['tfjs-node', '../../etc'] }],
    ['has a backend that does not load', { ...good, backend: 'tfjs-node-gpu' }],
    ['names an ffmpeg that is gone', { ...good, ffmpeg: 'node_modules/ffmpeg' }],
    ['is null', null],
  ])('is nothing when the manifest %s', (_, manifest) => {
    write(manifest)
    addAddon()
    expect(readRuntime(folder)).toBeUndefined()
  })

  test('is nothing when the addon is gone', () => {
    write(good)
    expect(readRuntime(folder)).toBeUndefined()
  })
})
