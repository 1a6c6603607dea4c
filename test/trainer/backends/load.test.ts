import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
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

  it.skipIf(!testedBackends.includes('tfjs-node') || process.platform === 'win32')(
    'passes over a package that crashes, in a process of its own, and says so',
    async () => {
      const installed = process.env['MULTIGRID_RUNTIME']!
      const folder = mkdtempSync(path.join(tmpdir(), 'runtime-'))
      try {
        const packages = path.join(folder, 'node_modules/@tensorflow')
        mkdirSync(path.join(packages, 'tfjs-node/lib/napi-v8'), { recursive: true })
        writeFileSync(path.join(packages, 'tfjs-node/lib/napi-v8/tfjs_binding.node'), '')
        writeFileSync(
          path.join(packages, 'tfjs-node/index.js'),
          "process.kill(process.pid, 'SIGABRT'); for (;;);",
        )
        for (const name of ['tfjs-core', 'tfjs-backend-wasm', 'tfjs-backend-cpu']) {
          symlinkSync(path.join(installed, 'node_modules/@tensorflow', name), path.join(packages, name))
        }
        vi.stubEnv('MULTIGRID_RUNTIME', folder)
        const { name, reason } = await loadBackend('auto')
        expect(name).toBe('wasm')
        expect(reason).toMatch(/tfjs-node cannot be loaded: when it is tried, TensorFlow aborted \(SIGABRT\)/)
        await expect(loadBackend('tfjs-node')).rejects.toThrow(/TensorFlow aborted \(SIGABRT\)/)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )

  it('a backend asked for by name that is not installed is refused with what to do', async () => {
    vi.stubEnv('MULTIGRID_RUNTIME', '')
    const refusal = loadBackend('tfjs-node')
    await expect(refusal).rejects.toBeInstanceOf(HumanError)
    await expect(refusal).rejects.toThrow(
      /"tfjs-node" cannot be loaded.*no TensorFlow runtime.*multigrid doctor --install/,
    )
  })
})
