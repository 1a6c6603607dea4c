import { nvidiaGpus } from './gpu'
import type { Preference } from './install'
import type { RunProgram } from './runProgram'

/** What an install would fetch, in lines for a person, best way first; nothing is fetched to find out. */
export async function installPlan({
  prefer = 'auto',
  env,
  run,
  platform = process.platform,
}: {
  prefer?: Preference
  env: NodeJS.ProcessEnv
  run: RunProgram
  platform?: NodeJS.Platform
}): Promise<string[]> {
  const packages = 'From npm: TensorFlow.js with its WebAssembly backend, and ffmpeg (0.4 GB on disk).'
  if (prefer === 'wasm') return [packages]
  const gpus = prefer === 'tfjs-node' ? [] : await nvidiaGpus(env, run)
  const gpu = prefer === 'tfjs-node-gpu' || gpus.length > 0
  if (!gpu) {
    const wheel =
      'where that cannot be reached, TensorFlow’s Python wheel (270 MB; needs python3 with pip, and g++)'
    return [
      packages,
      platform === 'linux'
        ? `TensorFlow for the processor: tfjs-node’s own build; ${wheel}.`
        : 'TensorFlow for the processor: tfjs-node’s own build.',
    ]
  }
  const seen = gpus.length > 0 ? ` for ${gpus.map((line) => line.split(',')[0]!.trim()).join(', ')}` : ''
  const official =
    'TensorFlow 2.9.1, tfjs-node-gpu’s own build: it needs CUDA 11.2 and cuDNN 8.1 installed, and knows no GPU newer than those do'
  return platform === 'linux'
    ? [
        packages,
        `TensorFlow${seen}: the current Python wheel with NVIDIA’s CUDA and cuDNN wheels beside it (several gigabytes; needs python3 with pip, g++, and NVIDIA’s driver).`,
        `Where that cannot be had: ${official}.`,
      ]
    : [packages, `${official}.`]
}
