import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Workshop } from '../../src/runtime/attempt'
import { InstallSteps } from '../../src/runtime/InstallSteps'
import { cudaLibraryFolders, cudaRequirements, fetchCuda } from '../../src/runtime/cuda'
import { installPlan } from '../../src/runtime/installPlan'
import type { Program, RunProgram } from '../../src/runtime/runProgram'
import { trainerEnvironment } from '../../src/runtime/spawnEnv'

// The form that TensorFlow's wheels have their requirements in.
const metadata = [
  'Metadata-Version: 2.1',
  'Name: tensorflow',
  'Provides-Extra: and-cuda',
  'Requires-Dist: absl-py>=1.0.0',
  'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
  'Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"',
  "Requires-Dist: nvidia-nccl-cu12 (>=2.25.1,<3.0) ; (platform_system == 'Linux') and extra == 'and-cuda'",
  'Requires-Dist: nvidia-other; extra == "gcp"',
  'Requires-Dist: tensorflow-metal; extra == "and-cuda"',
].join('\r\n')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "cuda a b's é-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('NVIDIA’s libraries beside TensorFlow', () => {
  it('are those that its wheel names', () => {
    expect(cudaRequirements(metadata)).toEqual([
      'nvidia-cublas-cu12<13.0,>=12.5.3.2',
      'nvidia-cudnn-cu12<10.0,>=9.3.0.75',
      'nvidia-nccl-cu12>=2.25.1,<3.0',
    ])
    expect(cudaRequirements('Requires-Dist: numpy')).toEqual([])
  })

  it('are fetched into the runtime, each as one argument', async () => {
    const programs: Program[] = []
    const lines: string[] = []
    const shop = workshop((program) => {
      programs.push(program)
      return Promise.resolve({ stdout: '', stderr: '' })
    }, lines)
    expect(await fetchCuda(shop, '/usr/bin/python3', ['nvidia-cublas-cu12<13.0,>=12'])).toBeUndefined()
    expect(programs).toHaveLength(1)
    expect(programs[0]!.args).toContain('nvidia-cublas-cu12<13.0,>=12')
    expect(programs[0]!.args[programs[0]!.args.indexOf('--target') + 1]).toBe(path.join(folder, 'cuda'))
    expect(lines).toEqual(["Fetching NVIDIA's libraries, some gigabytes: nvidia-cublas-cu12<13.0,>=12"])
  })

  it('that cannot be had are said in pip’s words', async () => {
    const failing = workshop(() =>
      Promise.resolve({
        stdout: '',
        stderr: 'WARNING: x\nERROR: No matching distribution found for nvidia-cublas-cu12\n',
        failure: 'ended with code 1',
      }),
    )
    expect(await fetchCuda(failing, 'python3', ['nvidia-cublas-cu12'])).toBe(
      'pip could not fetch the CUDA libraries (No matching distribution found for nvidia-cublas-cu12)',
    )
    expect(await fetchCuda(failing, 'python3', [])).toBe('this TensorFlow names no CUDA libraries')
  })

  it('are on the library path of a trainer, before the system’s, and only where there are some', () => {
    expect(trainerEnvironment({}, { runtime: folder })).not.toHaveProperty('LD_LIBRARY_PATH')
    const libraries = ['cublas', 'cudnn'].map((name) => path.join(folder, 'cuda', 'nvidia', name, 'lib'))
    for (const library of libraries) mkdirSync(library, { recursive: true })
    mkdirSync(path.join(folder, 'cuda', 'nvidia', 'headers', 'include'), { recursive: true })
    expect(cudaLibraryFolders(folder)).toEqual(libraries)
    const { LD_LIBRARY_PATH: own } = trainerEnvironment({}, { runtime: folder })
    expect(own).toBe(libraries.join(':'))
    const { LD_LIBRARY_PATH: both } = trainerEnvironment(
      { LD_LIBRARY_PATH: '/system/lib' },
      { runtime: folder },
    )
    expect(both).toBe([...libraries, '/system/lib'].join(':'))
  })
})

describe('what an install would fetch', () => {
  const none = { PATH: '' }

  it('is TensorFlow for the processor where there is no GPU', async () => {
    const plan = await installPlan({ env: none, run: never, platform: 'linux' })
    expect(plan).toHaveLength(2)
    expect(plan[1]).toMatch(/for the processor.*Python wheel \(270 MB/)
    expect(await installPlan({ env: none, run: never, platform: 'darwin' })).toHaveLength(2)
    expect(await installPlan({ prefer: 'wasm', env: none, run: never })).toHaveLength(1)
  })

  it('names the GPUs, the current TensorFlow with CUDA first and the old one as the other choice', async () => {
    const file = path.join(folder, 'nvidia-smi')
    writeFileSync(file, '', { mode: 0o755 })
    const plan = await installPlan({
      env: { PATH: folder },
      platform: 'linux',
      run: () => Promise.resolve({ stdout: 'NVIDIA H100, 81559 MiB, 550.1\n', stderr: '' }),
    })
    expect(plan[1]).toMatch(
      /TensorFlow for NVIDIA H100: the current Python wheel with NVIDIA’s CUDA.*several gigabytes/,
    )
    expect(plan[2]).toMatch(/Where that cannot be had: TensorFlow 2\.9\.1.*CUDA 11\.2/)
  })
})

const never: RunProgram = () => Promise.reject(new Error('Nothing should be run.'))

function workshop(run: RunProgram, lines: string[] = []): Workshop {
  return {
    folder,
    gpu: true,
    node: process.execPath,
    env: {},
    run,
    reaches: () => Promise.resolve(false),
    log: (line) => lines.push(line),
    steps: new InstallSteps(() => undefined),
    signal: undefined,
  }
}
