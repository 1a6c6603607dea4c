import path from 'node:path'
import { cudaLibraryFolders } from './cuda'

const cudaCacheBytes = 4 * 2 ** 30 - 1

/** Environment of a trainer process. `gpu` is an index as nvidia-smi counts, or a UUID; a value the user set for TensorFlow wins. */
export function trainerEnvironment(
  base: NodeJS.ProcessEnv,
  {
    runtime,
    gpu,
    deterministic = false,
  }: { runtime: string; gpu?: string | undefined; deterministic?: boolean },
): NodeJS.ProcessEnv {
  return {
    TF_CPP_MIN_LOG_LEVEL: '1',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    TF_GPU_ALLOCATOR: 'cuda_malloc_async',
    // Shapes change through the long and the short cycle: searching for the fastest kernel again each time costs more than it saves.
    TF_CUDNN_USE_AUTOTUNE: '0',
    CUDA_CACHE_MAXSIZE: String(cudaCacheBytes),
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    ...base,
    ...libraryPath(base, runtime),
    MULTIGRID_RUNTIME: runtime,
    ...(gpu && { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: gpu }),
    ...(deterministic && { TF_DETERMINISTIC_OPS: '1' }),
  }
}

/** The runtime's own CUDA libraries come before the system's: they are those that its TensorFlow was built for. */
function libraryPath(base: NodeJS.ProcessEnv, runtime: string): NodeJS.ProcessEnv {
  const own = cudaLibraryFolders(runtime)
  if (own.length === 0 && !base['LD_LIBRARY_PATH']) return {}
  // An empty or relative entry means the current directory, which is the run's folder.
  const before = (base['LD_LIBRARY_PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
  return { LD_LIBRARY_PATH: [...own, ...before].join(path.delimiter) }
}
