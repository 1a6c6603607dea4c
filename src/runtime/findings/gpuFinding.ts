import { isAtLeast, neededDriver } from './driverFit'
import type { Finding } from './Finding'

/** `seen`: a line for each GPU, or why there is none; `cuda`: the major version that the runtime's TensorFlow wants. */
export function gpuFinding(what: {
  seen: { readonly gpus: readonly string[] } | { readonly failure: string }
  cuda: number | undefined
  visible: string | undefined
  platform: NodeJS.Platform
}): Finding {
  const { seen, cuda, visible, platform } = what
  const id = 'gpu'
  const onProcessor = 'Training runs on the processor, which takes much longer.'
  if ('failure' in seen)
    return { id, status: 'warning', detail: seen.failure, meaning: onProcessor, remedies: [] }
  if (seen.gpus.length === 0)
    return { id, status: 'warning', detail: 'no NVIDIA GPU is seen', meaning: onProcessor, remedies: [] }
  const detail = seen.gpus.join('; ')
  if (visible === '-1' || visible === '') {
    return {
      id,
      status: 'warning',
      detail: `${detail}; CUDA_VISIBLE_DEVICES hides it`,
      meaning: onProcessor,
      remedies: [],
    }
  }
  const driver = /(\d+(?:\.\d+)+)\s*$/.exec(seen.gpus[0]!)?.[1]
  const needed = cuda === undefined ? undefined : neededDriver(cuda, platform)
  if (driver === undefined || cuda === undefined || needed === undefined) {
    return { id, status: 'ok', detail, meaning: 'The driver answers.', remedies: [] }
  }
  return isAtLeast(driver, needed)
    ? {
        id,
        status: 'ok',
        detail,
        meaning: `Driver ${driver} will do: CUDA ${cuda} needs ${needed} or newer.`,
        remedies: [],
      }
    : {
        id,
        status: 'warning',
        detail,
        meaning: `Driver ${driver} is too old: the TensorFlow that is installed wants CUDA ${cuda}, which needs ${needed} or newer. ${onProcessor}`,
        remedies: [],
      }
}
