import { findOnPath } from './findOnPath'
import type { RunProgram } from './runProgram'

/** The NVIDIA GPUs of this machine, one line each as nvidia-smi names them; empty where there is none, or no driver. */
export async function nvidiaGpus(env: NodeJS.ProcessEnv, run: RunProgram): Promise<string[]> {
  const file = findOnPath('nvidia-smi', env)
  if (file === undefined) return []
  const { stdout, failure } = await run({
    file,
    args: ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'],
    env,
    timeoutMs: 15_000,
  })
  return failure === undefined ? stdout.split('\n').filter((line) => line.trim() !== '') : []
}

export const hasNvidiaGpu = async (env: NodeJS.ProcessEnv, run: RunProgram): Promise<boolean> =>
  (await nvidiaGpus(env, run)).length > 0
