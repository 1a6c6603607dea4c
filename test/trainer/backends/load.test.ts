import { afterEach, describe, expect, it, vi } from 'vitest'
import { HumanError } from '../../../src/HumanError'
import { loadBackend } from '../../../src/trainer/backends/load'
import { testedBackends } from '../backend'

describe('choosing a backend', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('takes the first that works and says which in one line', async () => {
    const { name, reason, device, versions } = await loadBackend('auto')
    expect(name).toBe(testedBackends[0])
    expect(reason).not.toContain('\n')
    expect(reason).toContain(name === 'wasm' ? 'WebAssembly' : `TensorFlow ${versions['tensorflow']}`)
    expect(device).toBe('CPU')
  })

  it('says that wasm is slow', async () => {
    expect((await loadBackend('wasm')).slow).toMatch(/slower than native/)
  })

  it('a backend asked for by name that is not installed is refused with what to do', async () => {
    vi.stubEnv('MULTIGRID_RUNTIME', '')
    const refusal = loadBackend('tfjs-node')
    await expect(refusal).rejects.toBeInstanceOf(HumanError)
    await expect(refusal).rejects.toThrow(
      /"tfjs-node" cannot be loaded.*no TensorFlow runtime.*multigrid doctor --install/,
    )
  })
})
