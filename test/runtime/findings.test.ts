import { expect, test } from 'vitest'
import { withoutSecrets, doctorReport } from '../../src/runtime/doctorReport'
import { diskFinding } from '../../src/runtime/findings/diskFinding'
import { isAtLeast, neededDriver } from '../../src/runtime/findings/driverFit'
import { gpuFinding } from '../../src/runtime/findings/gpuFinding'
import { memoryFinding } from '../../src/runtime/findings/memoryFinding'
import { nodeFinding } from '../../src/runtime/findings/nodeFinding'
import { tensorflowFinding } from '../../src/runtime/findings/tensorflowFinding'
import { workspaceFinding } from '../../src/runtime/findings/workspaceFinding'
import type { RuntimeManifest } from '../../src/runtime/folder'

const GiB = 2 ** 30

test('the editor’s own Node.js is a warning, with a way to choose another', () => {
  const node = { path: '/n', version: '20.1.0', env: {} }
  expect(nodeFinding({ ...node, nativeCapable: true })).toMatchObject({ status: 'ok', detail: '20.1.0 (/n)' })
  const own = nodeFinding({ ...node, nativeCapable: false })
  expect(own).toMatchObject({ status: 'warning', remedies: ['chooseNode'] })
})

const runtime: RuntimeManifest = {
  version: 1,
  backend: 'tfjs-node-gpu',
  packages: ['tfjs-node-gpu'],
  origin: 'wheel',
  tensorflow: '2.21.0',
  reason: 'why',
  node: '20.0.0',
  installedAt: '',
}
const works = { works: true, tensorflow: '2.21.0', gpu: true } as const

test.each([
  ['nothing is installed', { runtime: undefined, probe: undefined }, 'missing', 'no runtime in /r'],
  [
    'it is wasm',
    { runtime: { ...runtime, backend: 'wasm' as const }, probe: undefined },
    'warning',
    'wasm: why',
  ],
  [
    'it does not compute',
    { runtime, probe: { works: false, failure: 'its relu is wrong' } as const },
    'missing',
    'its relu is wrong',
  ],
  ['it leaves the GPU unused', { runtime, probe: { ...works, gpu: false } }, 'warning', 'on the CPU'],
])('TensorFlow can be installed where %s', (_, what, status, detail) => {
  const finding = tensorflowFinding({ folder: '/r', seesGpu: true, ...what })
  expect(finding).toMatchObject({ status, remedies: ['installRuntime'] })
  expect(finding.detail).toContain(detail)
})

test('TensorFlow that computes is fine, on the processor too where there is no GPU', () => {
  expect(tensorflowFinding({ folder: '/r', runtime, probe: works, seesGpu: true }).status).toBe('ok')
  const cpu = { ...works, gpu: false }
  expect(tensorflowFinding({ folder: '/r', runtime, probe: cpu, seesGpu: false }).status).toBe('ok')
})

test.each([
  ['525.60.13', '525.60.13', true],
  ['525.60', '525.60.13', false],
  ['550.1', '525.60.13', true],
  ['470.256.02', '525.60.13', false],
  ['1000.0', '525.60.13', true],
])('driver %s for one that must be %s or newer: %s', (have, needed, fits) =>
  expect(isAtLeast(have, needed)).toBe(fits),
)

test('what CUDA needs of the driver depends on its version and the system', () => {
  expect(neededDriver(11, 'linux')).toBe('450.80.02')
  expect(neededDriver(12, 'win32')).toBe('528.33')
  expect(neededDriver(99, 'linux')).toBeUndefined()
})

const gpu = (what: Partial<Parameters<typeof gpuFinding>[0]>) =>
  gpuFinding({
    seen: { gpus: ['NVIDIA H100, 81559 MiB, 550.54.15'] },
    cuda: 12,
    visible: undefined,
    platform: 'linux',
    ...what,
  })

test.each([
  ['ok', {}, 'CUDA 12 needs 525.60.13'],
  ['ok', { cuda: undefined }, 'The driver answers.'],
  // Under MIG the memory of a GPU is not known.
  ['ok', { seen: { gpus: ['NVIDIA A100, [N/A], 550.54.15'] } }, '550.54.15 will do'],
  ['warning', { seen: { gpus: ['Tesla T4, 15360 MiB, 470.256.02'] } }, '470.256.02 is too old'],
  ['warning', { seen: { gpus: [] } }, 'on the processor'],
  ['warning', { seen: { failure: 'nvidia-smi ended with code 9' } }, 'on the processor'],
  ['warning', { visible: '-1' }, 'on the processor'],
] as const)('a GPU is %s where %j', (status, what, meaning) => {
  expect(gpu(what)).toMatchObject({ status, meaning: expect.stringContaining(meaning) as string })
})

const place = { folder: '/a', device: 1, free: 10 * GiB, writable: true }

test('folders on one disk are told once, those on several each', () => {
  expect(diskFinding([place, { ...place, folder: '/b' }])).toMatchObject({
    status: 'ok',
    detail: '10.0 GiB free at /a',
  })
  const other = { ...place, folder: '/b', device: 2, free: GiB }
  expect(diskFinding([place, other])).toMatchObject({
    status: 'warning',
    detail: '10.0 GiB free at /a; 1.0 GiB free at /b',
  })
})

test('a folder that cannot be written is missing, on a disk that was told too', () => {
  const locked = { ...place, folder: '/b', writable: false }
  const finding = diskFinding([place, locked])
  expect(finding).toMatchObject({
    status: 'missing',
    detail: expect.stringContaining('not writable: /b') as string,
  })
})

test('a workspace wants a folder, trust and a schedule', () => {
  const all = { trusted: true, folders: ['/w'], schedules: ['/w/a.multigrid.json'] }
  expect(workspaceFinding(all)).toMatchObject({
    status: 'ok',
    detail: 'trusted, one schedule (*.multigrid.json)',
  })
  expect(workspaceFinding({ ...all, folders: [] })).toMatchObject({ status: 'warning', remedies: [] })
  expect(workspaceFinding({ ...all, trusted: false })).toMatchObject({
    status: 'missing',
    remedies: ['manageTrust'],
  })
  expect(workspaceFinding({ ...all, schedules: [] })).toMatchObject({
    status: 'warning',
    remedies: ['newSchedule'],
  })
})

test('little memory is a warning', () => {
  expect(memoryFinding({ free: 8 * GiB, total: 16 * GiB, cores: 1 })).toMatchObject({
    status: 'ok',
    detail: '8.0 GiB free of 16.0 GiB, one core',
  })
  expect(memoryFinding({ free: GiB, total: 16 * GiB, cores: 8 }).status).toBe('warning')
})

test('a report says what a finding that is not ok means, and what the reader can do', () => {
  const text = doctorReport(
    [
      memoryFinding({ free: 8 * GiB, total: 16 * GiB, cores: 8 }),
      workspaceFinding({ trusted: true, folders: ['/w'], schedules: [] }),
    ],
    { newSchedule: 'write one' },
  )
  expect(text.split('\n')).toEqual([
    '✓ Memory      8.0 GiB free of 16.0 GiB, 8 cores',
    '! Workspace   trusted, no schedules (*.multigrid.json)',
    expect.stringMatching(/^ {14}There is nothing to train yet/) as string,
    '              write one',
    '',
  ])
})

test.each([
  ['https://me:hunter2@host/simple', 'https://…@host/simple'],
  ['https://ghp_abcdefgh1234@host', 'https://…@host'],
  ['Authorization: Bearer abc.def-1', 'Authorization: Bearer …'],
  ['//registry/:_authToken=npm_abcdefgh12345678', '//registry/:_authToken=…'],
  ['{"token": "abc"}', '{"token": "…"}'],
  ['?api_key=abc&x=1', '?api_key=…&x=1'],
  ['hf_abcdefgh1234', '…'],
  ['/home/ada/clips', '~/clips'],
  ['ffmpeg 7.1 (/usr/bin/ffmpeg)', 'ffmpeg 7.1 (/usr/bin/ffmpeg)'],
])('what is shown to others of %j is %j', (text, shown) =>
  expect(withoutSecrets(text, '/home/ada')).toBe(shown),
)
