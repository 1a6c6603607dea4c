import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readRuntime, runtimeFolder } from '../../src/runtime/folder'
import { installRuntime } from '../../src/runtime/install'
import { isAlive } from '../../src/runtime/isAlive'
import { probe } from '../../src/runtime/probe'
import { runProgram } from '../../src/runtime/runProgram'
import type { Program, RunProgram } from '../../src/runtime/runProgram'

const real = runtimeFolder()
const installed = readRuntime(real)

// What is found on PATH is real or pretended the same: pip and g++ are never run here.
describe.runIf(process.platform === 'linux')('an install that is cancelled', () => {
  let home: string
  let folder: string
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), "cancel a b's é-"))
    folder = path.join(home, 'data', 'runtime')
    mkdirSync(folder, { recursive: true })
    const bin = path.join(home, 'bin')
    mkdirSync(bin)
    for (const tool of ['python3', 'g++', 'nvidia-smi'])
      writeFileSync(path.join(bin, tool), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  })
  afterEach(() => rmSync(home, { recursive: true }))

  /** The runtime of this machine by links, so that what cancelling did to it shows and nothing real is touched. */
  function oldRuntime(): void {
    if (installed) {
      for (const name of readdirSync(real)) {
        if (['runtime.json', 'probes.json'].includes(name))
          cpSync(path.join(real, name), path.join(folder, name))
        else symlinkSync(path.join(real, name), path.join(folder, name))
      }
      return
    }
    const manifest = {
      version: 1,
      backend: 'wasm',
      packages: [],
      origin: 'none',
      reason: 'old',
      node: '20.0.0',
      installedAt: '',
    }
    writeFileSync(path.join(folder, 'runtime.json'), JSON.stringify(manifest))
  }

  const stages: Readonly<Record<string, (program: Program) => boolean>> = {
    'in npm': ({ args }) => args.includes('--ignore-scripts'),
    'in the package’s download': ({ args }) => args.includes('run'),
    'in pip’s download': ({ args }) => args.includes('download'),
    'in unpacking': ({ args }) => args[0] === '-c',
    'in compiling': ({ file }) => file.endsWith('g++'),
    'in fetching CUDA': ({ args }) => args.includes('--target'),
    'while TensorFlow is tried out': ({ args }) => args[0] === '-e',
  }

  /** A machine on which everything works until `stops`: there a program with a child of its own goes on for ever. */
  function machine(stops: (program: Program) => boolean, pids: string): RunProgram {
    return (program) => {
      if (stops(program)) {
        const tree = `
          const { spawn } = require('child_process')
          const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
          require('fs').writeFileSync(${JSON.stringify(pids)}, process.pid + ' ' + child.pid)
          setInterval(() => {}, 1000)`
        return runProgram({ ...program, cwd: home, file: process.execPath, args: ['-e', tree] })
      }
      if (program.file.endsWith('nvidia-smi'))
        return Promise.resolve({ stdout: 'NVIDIA H100, 1 MiB, 550.1\n', stderr: '' })
      if (program.args.includes('run'))
        return Promise.resolve({ stdout: '', stderr: '', failure: 'ended with code 1' })
      if (program.args.includes('download'))
        writeFileSync(path.join(program.args[program.args.indexOf('-d') + 1]!, 'tensorflow.whl'), '')
      const metadata = 'Requires-Dist: nvidia-cublas-cu12 (<13.0); extra == "and-cuda"\n'
      return Promise.resolve({ stdout: program.args[0] === '-c' ? metadata : '', stderr: '' })
    }
  }

  test.each(Object.keys(stages))(
    '%s ends all it has started and leaves the runtime that was there',
    async (stage) => {
      oldRuntime()
      const before = readRuntime(folder)
      expect(before).toBeDefined()
      const pids = path.join(home, 'pids')
      const abort = new AbortController()
      const env = { ...process.env, PATH: `${path.join(home, 'bin')}${path.delimiter}${process.env['PATH']}` }
      const wheelFirst = stage !== 'in the package’s download'
      const install = installRuntime({
        folder,
        env,
        prefer: wheelFirst ? 'tfjs-node-gpu' : 'tfjs-node',
        run: machine(stages[stage]!, pids),
        reaches: () => Promise.resolve(true),
        log: () => undefined,
        signal: abort.signal,
      })
      const cancelled = expect(install).rejects.toThrow('The install was cancelled; nothing was changed.')
      while (!existsSync(pids) || readFileSync(pids, 'utf8') === '') await delay(20)
      abort.abort()
      await cancelled
      const started = readFileSync(pids, 'utf8').split(' ').map(Number)
      expect(started).toHaveLength(2)
      while (started.some((pid) => isAlive(pid))) await delay(20)
      expect(readRuntime(folder)).toEqual(before)
      expect(readdirSync(path.dirname(folder))).toEqual(['runtime'])
    },
  )

  test.runIf(installed && installed.backend !== 'wasm')(
    'leaves a TensorFlow that computes',
    async () => {
      oldRuntime()
      const abort = new AbortController()
      const pids = path.join(home, 'pids')
      const install = installRuntime({
        folder,
        run: machine(stages['in npm']!, pids),
        reaches: () => Promise.resolve(false),
        log: () => undefined,
        signal: abort.signal,
      })
      const cancelled = expect(install).rejects.toThrow('cancelled')
      while (!existsSync(pids)) await delay(20)
      abort.abort()
      await cancelled
      const name = installed!.packages[0]!
      expect(
        await probe({ folder, name, node: process.execPath, env: process.env, run: runProgram }),
      ).toMatchObject({ works: true })
    },
    60_000,
  )
})
