import { findOnPath } from './findOnPath'
import type { RunProgram } from './runProgram'

/** The NVIDIA GPUs of this machine, one line each as nvidia-smi names them; where it is there and fails, a clause that says so. */
export async function askGpus(
  env: NodeJS.ProcessEnv,
  run: RunProgram,
  signal?: AbortSignal,
): Promise<{ gpus: string[] } | { failure: string }> {
  const file = findOnPath('nvidia-smi', env)
  if (file === undefined) return { gpus: [] }
  const { stdout, failure } = await run({
    file,
    args: ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'],
    env,
    timeoutMs: 15_000,
    signal,
  })
  if (failure !== undefined) return { failure: `NVIDIA's driver does not answer: nvidia-smi ${failure}` }
  return { gpus: stdout.split('\n').filter((line) => line.trim() !== '') }
}

/** The same, empty where there is none, or no driver. */
export async function nvidiaGpus(
  env: NodeJS.ProcessEnv,
  run: RunProgram,
  signal?: AbortSignal,
): Promise<string[]> {
  const seen = await askGpus(env, run, signal)
  return 'gpus' in seen ? seen.gpus : []
}

export const hasNvidiaGpu = async (
  env: NodeJS.ProcessEnv,
  run: RunProgram,
  signal?: AbortSignal,
): Promise<boolean> => (await nvidiaGpus(env, run, signal)).length > 0
