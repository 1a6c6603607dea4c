import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { HumanError } from '../HumanError'
import { findFfmpeg } from './ffmpeg'
import { readRuntime } from './folder'
import { nvidiaGpus } from './gpu'
import { findNode } from './node'
import { probe } from './probe'
import { runProgram } from './runProgram'

/** One thing that training needs or likes; `fix` says what to do where it is not ok. */
export interface Finding {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'missing'
  readonly detail: string
  readonly fix?: string
}

export interface DiagnoseOptions {
  readonly runtimeFolder: string
  readonly env: NodeJS.ProcessEnv
  readonly execPath: string
  readonly isElectron: boolean
  readonly nodeSetting?: string | undefined
  readonly ffmpegSetting?: string | undefined
}

const spaceForTraining = 2 * 2 ** 30

/** What this machine has and lacks for training. A GPU that is not there is not a finding. */
export async function diagnose(options: DiagnoseOptions): Promise<Finding[]> {
  const { runtimeFolder, env } = options
  const found = await Promise.all([
    nodeFinding(options),
    tensorflowFinding(options),
    gpuFinding(env),
    ffmpegFinding(options),
    spaceFinding(runtimeFolder),
  ])
  return [...found.filter((finding) => finding !== undefined), memoryFinding()]
}

const nodeOf = ({ nodeSetting, env, execPath, isElectron }: DiagnoseOptions): ReturnType<typeof findNode> =>
  findNode({ setting: nodeSetting, env, execPath, isElectron })

async function nodeFinding(options: DiagnoseOptions): Promise<Finding> {
  const name = 'Node.js'
  return orMissing(name, async () => {
    const { version, path: file, nativeCapable } = await nodeOf(options)
    const detail = `${version} (${file})`
    if (nativeCapable) return { name, status: 'ok', detail }
    return {
      name,
      status: 'warn',
      detail: `${detail}, which can use the wasm backend only`,
      fix: 'Install Node.js from https://nodejs.org so that it is on PATH.',
    }
  })
}

async function tensorflowFinding(options: DiagnoseOptions): Promise<Finding> {
  const name = 'TensorFlow'
  const { runtimeFolder: folder, env } = options
  const fix = 'multigrid doctor --install'
  const runtime = readRuntime(folder)
  if (!runtime)
    return { name, status: 'missing', detail: `no runtime in ${folder}; training would use slow wasm`, fix }
  if (runtime.backend === 'wasm')
    return { name, status: 'warn', detail: `wasm, which is slow: ${runtime.reason}`, fix: `${fix} --force` }
  const { backend } = runtime
  return orMissing(name, async () => {
    const test = await probe({
      folder,
      name: backend,
      node: (await nodeOf(options)).path,
      env,
      run: runProgram,
    })
    if (!test.works)
      return {
        name,
        status: 'missing',
        detail: `${backend} is installed but does not work: ${test.failure}`,
        fix: `${fix} --force`,
      }
    const device = test.gpu ? 'GPU' : 'CPU'
    return {
      name,
      status: 'ok',
      detail: `${test.tensorflow} by ${backend} on the ${device} (${runtime.reason})`,
    }
  })
}

async function gpuFinding(env: NodeJS.ProcessEnv): Promise<Finding | undefined> {
  const gpus = await nvidiaGpus(env, runProgram)
  return gpus.length === 0 ? undefined : { name: 'GPU', status: 'ok', detail: gpus.join('; ') }
}

async function ffmpegFinding({ ffmpegSetting, env, runtimeFolder }: DiagnoseOptions): Promise<Finding> {
  const name = 'ffmpeg'
  return orMissing(name, async () => {
    const { version, path: file } = await findFfmpeg({ setting: ffmpegSetting, env, runtimeFolder })
    return { name, status: 'ok', detail: `${version} (${file})` }
  })
}

const memoryForTraining = 4 * 2 ** 30

function memoryFinding(): Finding {
  const [free, total] = [os.freemem(), os.totalmem()]
  const detail = `${gibibytes(free)} free of ${gibibytes(total)}`
  return free >= memoryForTraining
    ? { name: 'Memory', status: 'ok', detail }
    : { name: 'Memory', status: 'warn', detail, fix: 'End other programs, or train on small shapes.' }
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}

async function spaceFinding(folder: string): Promise<Finding> {
  let at = folder
  while (!existsSync(at)) at = path.dirname(at)
  const { bavail, bsize } = await statfs(at)
  const detail = `${gibibytes(bavail * bsize)} free at ${at}`
  return bavail * bsize >= spaceForTraining
    ? { name: 'Disk', status: 'ok', detail }
    : {
        name: 'Disk',
        status: 'warn',
        detail,
        fix: 'Free some space: the runtime and the checkpoints need it.',
      }
}

/** What throws a HumanError is missing; its message says what to do, too. */
async function orMissing(name: string, find: () => Promise<Finding>): Promise<Finding> {
  try {
    return await find()
  } catch (error) {
    if (!(error instanceof HumanError)) throw error
    return { name, status: 'missing', detail: error.message }
  }
}
