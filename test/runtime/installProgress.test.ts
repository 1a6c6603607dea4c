import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { devNull, tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findOnPath } from '../../src/runtime/findOnPath'
import { InstallSteps } from '../../src/runtime/InstallSteps'
import type { InstallProgress } from '../../src/runtime/InstallSteps'
import { installRuntime } from '../../src/runtime/install'
import { readDownload, runPip } from '../../src/runtime/pip'
import { runProgram } from '../../src/runtime/runProgram'
import type { RunProgram } from '../../src/runtime/runProgram'

let folder: string
let told: InstallProgress[]
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "progress a b's é-"))
  told = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const steps = (): InstallSteps => new InstallSteps((progress) => told.push(progress))

test('the share is that of steps and, in one that fetches, of bytes', () => {
  const install = steps()
  install.plan(['packages', 'download', 'build', 'try'])
  install.at('packages')
  install.at('download', { file: 1, files: 1, done: 50, total: 100 })
  install.at('try')
  expect(told.map(({ step, share }) => [step, share])).toEqual([
    [1, 0],
    [2, 0.375],
    [4, 0.75],
  ])
})

test('of several files each counts the same, more than were expected too', () => {
  const install = steps()
  install.plan(['cuda'])
  install.at('cuda', { file: 2, files: 4, done: 1, total: 2 })
  install.at('cuda', { file: 5, files: 4, done: 2, total: 2 })
  expect(told.map(({ share }) => share)).toEqual([0.375, 1])
})

test('the share never goes back, where another way is tried or a file is smaller than was said', () => {
  const install = steps()
  install.plan(['packages', 'download', 'build', 'try'])
  install.at('build')
  install.at('download', { file: 1, files: 1, done: 300, total: 100 })
  install.at('download', { file: 1, files: 1, done: 0, total: 0 })
  expect(told.map(({ share }) => share)).toEqual([0.5, 0.5, 0.5])
  expect(told[1]!.step).toBe(2)
})

test.each([
  ['  Downloading tensorflow_cpu-2.21.0-cp311-cp311-manylinux.whl (270.4 MB)', 270_400_000, false],
  ['Downloading https://host/a/nvidia_cublas_cu12-12.5.3.2-py3-none.whl (1.2 GB)', 1_200_000_000, false],
  ['  Using cached six-1.17.0-py2.py3-none-any.whl (11 kB)', 11_000, true],
])('pip’s line %j is read', (line, total, cached) => {
  expect(readDownload(line)).toEqual({ name: expect.stringMatching(/^[^/]+\.whl$/) as string, total, cached })
})

test.each(['Collecting six', '  Downloading six-1.17.0.tar.gz.metadata (1 kB)', 'Saved ./six.whl'])(
  'pip’s line %j is of no file that counts',
  (line) => expect(readDownload(line)).toBeUndefined(),
)

describe('pip', () => {
  const shop = (run: RunProgram) => ({
    folder,
    gpu: false,
    node: process.execPath,
    env: {},
    run,
    reaches: () => Promise.resolve(true),
    log: () => undefined,
    steps: steps(),
    signal: undefined,
  })

  test('is watched by the size of the file that it writes, and leaves no temporary files', async () => {
    const scratch: string[] = []
    const run: RunProgram = async ({ env, onOutput }) => {
      const at = path.join(env!['TMPDIR']!, 'pip-unpack-x')
      scratch.push(at)
      mkdirSync(at, { recursive: true })
      // A line comes in pieces.
      onOutput!('Collecting six\n  Downloading six-1')
      onOutput!('.17.0.whl (4 kB)\n')
      writeFileSync(path.join(at, 'six-1.17.0.whl'), Buffer.alloc(1000))
      await delay(700)
      return { stdout: '', stderr: '' }
    }
    const made = shop(run)
    made.steps.plan(['download'])
    await runPip(made, {
      python: 'python3',
      args: ['download'],
      stage: 'download',
      files: 1,
      timeoutMs: 1000,
    })
    expect(told.map(({ fetched }) => fetched)).toEqual([
      { file: 1, files: 1, done: 0, total: 4000 },
      { file: 1, files: 1, done: 1000, total: 4000 },
    ])
    expect(scratch[0]!.startsWith(folder)).toBe(true)
    expect(existsSync(path.dirname(scratch[0]!))).toBe(false)
  })

  const python = findOnPath('python3', process.env)
  const hasPip = python !== undefined && spawnSync(python, ['-m', 'pip', '--version']).status === 0

  test.runIf(hasPip)(
    'says itself what it fetches',
    async () => {
      const name = 'heavy-1.0-py3-none-any.whl'
      const makeWheel = `
import sys, os, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    wheel.writestr('heavy/data', os.urandom(3000000))
    wheel.writestr('heavy-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: heavy\\nVersion: 1.0\\n')
    wheel.writestr('heavy-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr('heavy-1.0.dist-info/RECORD', '')
`
      expect(spawnSync(python!, ['-c', makeWheel, path.join(folder, name)]).status).toBe(0)
      const wheel = readFileSync(path.join(folder, name))
      const server = createServer(({ url }, response) => void serve(url!, response))
      const serve = async (url: string, response: ServerResponse): Promise<void> => {
        if (!url.endsWith('.whl')) {
          response.setHeader('content-type', 'text/html').end(`<a href="/${name}">${name}</a>`)
          return
        }
        response.setHeader('content-length', wheel.length)
        for (let at = 0; at < wheel.length; at += wheel.length / 8) {
          response.write(wheel.subarray(at, at + wheel.length / 8))
          await delay(250)
        }
        response.end()
      }
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      try {
        const { port } = server.address() as AddressInfo
        const made = { ...shop(runProgram), env: { ...process.env, PIP_CONFIG_FILE: devNull } }
        made.steps.plan(['download'])
        const out = path.join(folder, 'out')
        const { failure, stderr } = await runPip(made, {
          python: python!,
          args: [
            'download',
            '--no-deps',
            '--no-cache-dir',
            '-i',
            `http://127.0.0.1:${port}/`,
            '-d',
            out,
            'heavy',
          ],
          stage: 'download',
          files: 1,
          timeoutMs: 20_000,
        })
        expect(failure, stderr).toBeUndefined()
        const done = told.map(({ fetched }) => fetched!.done)
        expect(told[0]!.fetched).toEqual({ file: 1, files: 1, done: 0, total: 3_000_000 })
        expect(new Set(done).size).toBeGreaterThan(2)
        expect(done).toEqual([...done].sort((one, other) => one - other))
        expect(readdirSync(out)).toEqual([name])
        expect(existsSync(path.join(folder, 'pip'))).toBe(false)
      } finally {
        server.close()
      }
    },
    30_000,
  )
})

test('what a program that failed said last is told, without passwords', async () => {
  const details: string[] = []
  const run: RunProgram = () =>
    Promise.resolve({
      stdout: '',
      stderr: 'npm error request to https://me:hunter2@registry.example failed\n',
      failure: 'ended with code 1',
    })
  await installRuntime({
    folder: path.join(folder, 'runtime'),
    prefer: 'wasm',
    run,
    log: () => undefined,
    detail: (text) => details.push(text),
  })
  expect(details[0]).toContain('ended with code 1')
  expect(details[0]).toContain('request to https://…@registry.example failed')
})

test('a folder that cannot be made is said in a person’s words', async () => {
  const file = path.join(folder, 'file')
  writeFileSync(file, '')
  const install = installRuntime({ folder: path.join(file, 'runtime'), log: () => undefined })
  await expect(install).rejects.toThrow(/could not be written to .*What was there is unchanged/)
})
