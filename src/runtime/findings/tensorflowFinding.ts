import type { RuntimeManifest } from '../folder'
import type { Probe } from '../probe'
import type { Finding } from './Finding'

/** `probe` is that of the runtime's backend; undefined for wasm, which needs none. */
export function tensorflowFinding(what: {
  folder: string
  runtime: RuntimeManifest | undefined
  probe: Probe | undefined
  seesGpu: boolean
}): Finding {
  const { folder, runtime, probe, seesGpu } = what
  const id = 'tensorflow'
  const remedies = ['installRuntime'] as const
  if (!runtime) {
    return {
      id,
      status: 'missing',
      detail: `no runtime in ${folder}`,
      meaning: 'Training would use WebAssembly, which is many times slower.',
      remedies,
    }
  }
  if (runtime.backend === 'wasm' || !probe) {
    return {
      id,
      status: 'warning',
      detail: `wasm: ${runtime.reason}`,
      meaning: 'WebAssembly trains many times slower than native TensorFlow.',
      remedies,
    }
  }
  if (!probe.works) {
    return {
      id,
      status: 'missing',
      detail: `${runtime.backend} is installed but does not work: ${probe.failure}`,
      meaning: 'Training would use WebAssembly, or not start: install the runtime anew.',
      remedies,
    }
  }
  const device = probe.gpu ? 'GPU' : 'CPU'
  const detail = `${probe.tensorflow} by ${runtime.backend} on the ${device} (${runtime.reason})`
  if (probe.gpu || !seesGpu) {
    return {
      id,
      status: 'ok',
      detail,
      meaning: 'It was tried just now: the operations that training uses compute correctly.',
      remedies: [],
    }
  }
  return {
    id,
    status: 'warning',
    detail,
    meaning: 'It computes correctly, but leaves the GPU unused.',
    remedies,
  }
}
