import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runEvent } from '../../src/protocol/events'
import type { InputGauges } from '../../src/protocol/events'
import { deviceSampler } from '../../src/trainer/device'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'nvidia-smi-'))
  writeFileSync(path.join(folder, 'asked'), '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** Stands for nvidia-smi, which this machine may not have: a program that notes how it was called and does `what`. */
function pretend(what: string): void {
  const file = path.join(folder, 'nvidia-smi')
  writeFileSync(file, `#!/bin/sh\necho "$@" >> '${folder}/asked'\n${what}\n`, { mode: 0o755 })
  vi.stubEnv('PATH', `${folder}:/bin:/usr/bin`)
}

const asked = (): string[] => readFileSync(path.join(folder, 'asked'), 'utf8').split('\n').filter(Boolean)

describe.skipIf(process.platform === 'win32')('the gauges of a device', () => {
  it('are those of nvidia-smi for the GPU it is pinned to', async () => {
    pretend('echo "87, 10240, 81559, 412.55, 61"')
    const { type, gpuUtilisation, gpuMemoryMiB, gpuMemoryTotalMiB, gpuPowerW, gpuTemperature, ...process } =
      await deviceSampler('3').sample()
    expect({ gpuUtilisation, gpuMemoryMiB, gpuMemoryTotalMiB, gpuPowerW, gpuTemperature }).toEqual({
      gpuUtilisation: 87,
      gpuMemoryMiB: 10240,
      gpuMemoryTotalMiB: 81559,
      gpuPowerW: 412.55,
      gpuTemperature: 61,
    })
    expect(type).toBe('device')
    expect(process.rssMiB).toBeGreaterThan(10)
    expect(asked()).toEqual([
      '--query-gpu=utilization.gpu,memory.used,memory.total,power.draw,temperature.gpu --format=csv,noheader,nounits --id=3',
    ])
  })

  it('come with what reads the clips, once there is something', async () => {
    vi.stubEnv('PATH', folder)
    const readings: InputGauges[] = []
    const sampler = deviceSampler(undefined, () => readings.at(-1))
    expect(await sampler.sample()).not.toHaveProperty('input')
    const reading = {
      workers: 2,
      cores: 4,
      busy: 1.5,
      decoded: 0,
      fromMemory: 0,
      fromDisk: 0,
      memoryMiB: 0,
      memoryLimitMiB: 1024,
    }
    readings.push(reading)
    const sample = await sampler.sample()
    expect(sample.input).toEqual(reading)
    expect(runEvent.parse({ seq: 1, time: 0, ...sample })).toMatchObject({ input: reading })
  })

  it('that are not known are left out: a slice of a GPU, an old card', async () => {
    pretend('echo "[N/A], 512, 9856, [Not Supported], "')
    const sample = await deviceSampler(undefined).sample()
    expect(sample).toMatchObject({ gpuMemoryMiB: 512, gpuMemoryTotalMiB: 9856 })
    expect(Object.keys(sample)).not.toContain('gpuUtilisation')
    expect(Object.keys(sample)).not.toContain('gpuPowerW')
    expect(Object.keys(sample)).not.toContain('gpuTemperature')
  })

  it('are asked for less and less often while they fail, and again when they answer', async () => {
    pretend('exit 9')
    const sampler = deviceSampler(undefined)
    for (let i = 0; i < 100; i++) expect(await sampler.sample()).not.toHaveProperty('gpuMemoryMiB')
    // After pauses of 1, 3, 7, 15 and 31 samples, and from then on of 31.
    expect(asked()).toHaveLength(7)
    pretend('echo "1, 2, 3, 4, 5"')
    for (let i = 0; i < 32; i++) await sampler.sample()
    expect(await sampler.sample()).toMatchObject({ gpuUtilisation: 1 })
    expect(await sampler.sample()).toMatchObject({ gpuUtilisation: 1 })
  })

  it('are absent without noise where there is no nvidia-smi', async () => {
    vi.stubEnv('PATH', folder)
    const sampler = deviceSampler(undefined)
    for (let i = 0; i < 3; i++) {
      expect(Object.keys(await sampler.sample()).sort()).toEqual(['cpuUtilisation', 'rssMiB', 'type'])
    }
    pretend('echo "1, 2, 3, 4, 5"')
    await sampler.sample()
    appendFileSync(path.join(folder, 'asked'), '')
    expect(asked()).toEqual([])
  })
})
