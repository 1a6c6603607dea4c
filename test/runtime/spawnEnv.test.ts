import { expect, test } from 'vitest'
import { trainerEnvironment } from '../../src/runtime/spawnEnv'

test('a trainer sees the one GPU that was chosen, by the numbers of nvidia-smi', () => {
  const base = { CUDA_VISIBLE_DEVICES: '0,1', CUDA_DEVICE_ORDER: 'FASTEST_FIRST' }
  expect(trainerEnvironment(base, { runtime: '/r', gpu: '3' })).toMatchObject({
    CUDA_VISIBLE_DEVICES: '3',
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    MULTIGRID_RUNTIME: '/r',
  })
})

test.each([undefined, ''])('without a chosen GPU (%j) the user’s own choice stands', (gpu) => {
  const base = { CUDA_VISIBLE_DEVICES: '1' }
  expect(trainerEnvironment(base, { runtime: '/r', gpu })).toMatchObject({ CUDA_VISIBLE_DEVICES: '1' })
  expect(trainerEnvironment({}, { runtime: '/r', gpu })).not.toHaveProperty('CUDA_VISIBLE_DEVICES')
})

test('TensorFlow is quiet, grows its memory and is deterministic only when asked', () => {
  const env = trainerEnvironment({ PATH: '/bin' }, { runtime: '/r' })
  expect(env).toMatchObject({ PATH: '/bin', TF_CPP_MIN_LOG_LEVEL: '1', TF_FORCE_GPU_ALLOW_GROWTH: 'true' })
  expect(env).not.toHaveProperty('TF_DETERMINISTIC_OPS')
  expect(trainerEnvironment({}, { runtime: '/r', deterministic: true })).toMatchObject({
    TF_DETERMINISTIC_OPS: '1',
  })
})

test('what the user set for TensorFlow stands, but for the runtime', () => {
  const base = { TF_CPP_MIN_LOG_LEVEL: '0', TF_GPU_ALLOCATOR: 'bfc', MULTIGRID_RUNTIME: '/other' }
  const env = trainerEnvironment(base, { runtime: '/r' })
  expect(env).toMatchObject({ TF_CPP_MIN_LOG_LEVEL: '0', TF_GPU_ALLOCATOR: 'bfc', MULTIGRID_RUNTIME: '/r' })
  expect(base.MULTIGRID_RUNTIME).toBe('/other')
})
