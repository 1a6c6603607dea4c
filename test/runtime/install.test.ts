import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HumanError } from '../../src/HumanError'
import { addonFile, readRuntime } from '../../src/runtime/folder'
import { ensureRuntime, installRuntime } from '../../src/runtime/install'
import type { InstallOptions } from '../../src/runtime/install'
import { runProgram } from '../../src/runtime/runProgram'
import type { Ended, Program, RunProgram } from '../../src/runtime/runProgram'

let home: string
let folder: string
let log: string[]
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "install a b's é-"))
  folder = path.join(home, 'data', 'runtime')
  log = []
})
afterEach(() => rmSync(home, { recursive: true }))

const ok: Ended = { stdout: '', stderr: '' }
const is = (program: Program, ...words: string[]): boolean =>
  words.every((word) => program.args.includes(word))

/** A machine on which npm works, nothing can be downloaded, and pip says that there is no such package. */
const closedNetwork: RunProgram = (program) =>
  Promise.resolve(
    is(program, 'pip')
      ? {
          stdout: '',
          stderr: 'WARNING: Retrying\nERROR: No matching distribution found\n',
          failure: 'ended with code 1',
        }
      : is(program, 'install')
        ? ok
        : { stdout: '', stderr: '', failure: 'was not found' },
  )

const options = (run: RunProgram, more: Partial<InstallOptions> = {}): InstallOptions => ({
  folder,
  run,
  reaches: () => Promise.resolve(false),
  log: (line) => log.push(line),
  ...more,
})

/** A native runtime by its files; nothing of it is ever loaded here. */
function pretendInstalled(): void {
  const addon = addonFile(folder, 'tfjs-node')
  mkdirSync(path.dirname(addon), { recursive: true })
  writeFileSync(addon, '')
  const manifest = {
    version: 1,
    backend: 'tfjs-node',
    packages: ['tfjs-node'],
    origin: 'wheel',
    reason: 'why',
    node: '20.0.0',
    installedAt: '',
  }
  writeFileSync(path.join(folder, 'runtime.json'), JSON.stringify(manifest))
}

const besides = (): string[] => readdirSync(path.dirname(folder)).filter((name) => name !== 'runtime')

test.runIf(process.platform === 'linux')(
  'where no TensorFlow can be had it is wasm, with every reason in one line',
  async () => {
    const runtime = await installRuntime(options(closedNetwork))
    expect(runtime).toMatchObject({ backend: 'wasm', packages: [], origin: 'none' })
    expect(runtime.reason).toBe(
      'the download host of tfjs-node cannot be reached; pip could not fetch TensorFlow (No matching distribution found)',
    )
    expect(readRuntime(folder)).toEqual(runtime)
    expect(besides()).toEqual([])
  },
)

test('without npm packages it is wasm, and no TensorFlow is looked for', async () => {
  const run: RunProgram = () =>
    Promise.resolve({
      stdout: '',
      stderr: 'npm error code ENOTFOUND\nnpm error network request failed\n',
      failure: 'ended with code 1',
    })
  expect((await installRuntime(options(run))).reason).toBe(
    'npm could not install TensorFlow.js (network request failed)',
  )
  expect(log).toEqual(['Installing TensorFlow.js and ffmpeg from npm'])
})

test('an addon that crashes when it is loaded is not listed', async () => {
  const run: RunProgram = (program) => {
    if (is(program, '-e')) return Promise.resolve({ stdout: '', stderr: '', failure: 'was killed by SIGILL' })
    if (is(program, 'run', 'install')) return Promise.resolve(ok)
    return closedNetwork(program)
  }
  const runtime = await installRuntime(options(run, { reaches: () => Promise.resolve(true) }))
  expect(runtime).toMatchObject({ backend: 'wasm', packages: [] })
  expect(runtime.reason).toContain('tfjs-node does not work: loading it was killed by SIGILL')
})

test('an addon that computes wrongly is not listed, one that computes rightly is', async () => {
  const run: RunProgram = (program) => {
    const loads = (convolution: number): Ended => ({
      stdout: `probed ${JSON.stringify({ errors: { convolution }, tensorflow: '2.9.1', gpu: false })}\n`,
      stderr: '',
    })
    if (is(program, '-e')) return Promise.resolve(loads(program.args.at(-1)?.endsWith('gpu') ? 0.5 : 1e-6))
    return is(program, 'install') ? Promise.resolve(ok) : closedNetwork(program)
  }
  const reached = { reaches: () => Promise.resolve(true) }
  expect(await installRuntime(options(run, reached))).toMatchObject({
    backend: 'tfjs-node',
    packages: ['tfjs-node'],
    origin: 'package',
    tensorflow: '2.9.1',
  })
  expect(log).toContain('tfjs-node-gpu does not work: its convolution is wrong by 0.50')
})

test('an install that is cancelled leaves nothing, and ends what it had started', async () => {
  const abort = new AbortController()
  const run: RunProgram = (program) => {
    setTimeout(() => abort.abort(), 100)
    return runProgram({ ...program, file: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] })
  }
  await expect(installRuntime(options(run, { prefer: 'wasm', signal: abort.signal }))).rejects.toThrow(
    'nothing was changed',
  )
  expect(existsSync(folder)).toBe(false)
  expect(besides()).toEqual([])
})

test('an install that is cancelled leaves the runtime that was there', async () => {
  pretendInstalled()
  const before = readRuntime(folder)
  await expect(installRuntime(options(closedNetwork, { signal: AbortSignal.abort() }))).rejects.toThrow(
    HumanError,
  )
  expect(readRuntime(folder)).toEqual(before)
})

test('a native runtime is not replaced by wasm unless that was asked for', async () => {
  pretendInstalled()
  expect(await installRuntime(options(closedNetwork))).toMatchObject({ backend: 'tfjs-node' })
  expect(log.at(-1)).toMatch(/^Kept the runtime that was there/)
  expect(await installRuntime(options(closedNetwork, { prefer: 'wasm' }))).toMatchObject({
    backend: 'wasm',
    reason: 'that was asked for',
  })
  expect(readRuntime(folder)).toMatchObject({ backend: 'wasm' })
  expect(besides()).toEqual([])
})

test('a good runtime is used as it is, unless another backend is preferred or it is forced', async () => {
  pretendInstalled()
  const never: RunProgram = () => Promise.reject(new Error('nothing should run'))
  expect(await ensureRuntime({ ...options(never), force: false })).toMatchObject({
    backend: 'tfjs-node',
    fresh: false,
  })
  expect(await ensureRuntime({ ...options(closedNetwork), force: true })).toMatchObject({ fresh: true })
  expect(await ensureRuntime({ ...options(closedNetwork, { prefer: 'wasm' }), force: false })).toMatchObject({
    backend: 'wasm',
    fresh: true,
  })
})

test('a second installer is told of the first', async () => {
  const abort = new AbortController()
  const run: RunProgram = (program) =>
    runProgram({ ...program, file: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] })
  const first = installRuntime(options(run, { prefer: 'wasm', signal: abort.signal }))
  await expect(installRuntime(options(closedNetwork))).rejects.toThrow(`by process ${process.pid}`)
  abort.abort()
  await expect(first).rejects.toThrow('cancelled')
  expect(await installRuntime(options(closedNetwork))).toMatchObject({ backend: 'wasm' })
})

test.each(['999999999', 'not a number', ''])(
  'a lock that says %j is taken over, with what its holder left',
  async (holder) => {
    mkdirSync(`${folder}.installing/node_modules`, { recursive: true })
    writeFileSync(`${folder}.lock`, holder)
    expect(await installRuntime(options(closedNetwork))).toMatchObject({ backend: 'wasm' })
    expect(besides()).toEqual([])
  },
)

test('an install that was killed between its two last moves is mended by the next', async () => {
  pretendInstalled()
  const before = readRuntime(folder)
  mkdirSync(`${folder}.installing`)
  renameSync(folder, `${folder}.old`)
  await installRuntime(options(closedNetwork))
  expect(readRuntime(folder)).toEqual(before)
})
