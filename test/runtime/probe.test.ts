import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  addonFile,
  nativePackages,
  packageFolder,
  readRuntime,
  runtimeFolder,
} from '../../src/runtime/folder'
import { probe, probeOnce } from '../../src/runtime/probe'
import { runProgram } from '../../src/runtime/runProgram'
import type { RunProgram } from '../../src/runtime/runProgram'

const installed = runtimeFolder()
const runtime = readRuntime(installed)
const parts = { node: process.execPath, env: process.env, run: runProgram }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "probe a b's é-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A package that does what `code` says when it is loaded, in place of the real one. */
function pretend(code: string): void {
  const addon = addonFile(folder, 'tfjs-node')
  mkdirSync(path.dirname(addon), { recursive: true })
  writeFileSync(addon, '')
  writeFileSync(path.join(packageFolder(folder, '@tensorflow/tfjs-node'), 'index.js'), code)
}

/** The real package, but for what its operations give: an expression of `op` and the right `outputs`. */
function spoil(given: string): void {
  pretend(`
    const tf = module.exports = require(${JSON.stringify(packageFolder(installed, '@tensorflow/tfjs-node'))})
    const backend = tf.backend()
    const right = backend.executeMultipleOutputs.bind(backend)
    backend.executeMultipleOutputs = (op, ...rest) => {
      const outputs = right(op, ...rest)
      return ${given}
    }`)
}

const tried = (): ReturnType<typeof probe> => probe({ ...parts, folder, name: 'tfjs-node' })

for (const name of nativePackages) {
  test(`the installed ${name} computes as plain arithmetic does`, async ({ skip }) => {
    skip(
      !runtime?.packages.includes(name),
      `${name} is not installed in ${installed}: ${runtime?.reason ?? 'npm run setup installs it'}`,
    )
    const result = await probe({ ...parts, folder: installed, name })
    expect(result).toMatchObject({ works: true, tensorflow: runtime?.tensorflow })
  })
}

test.each([
  ['Conv2D', 'convolution'],
  ['Conv2DBackpropInput', 'input gradient of a convolution'],
  ['Conv2DBackpropFilter', 'filter gradient of a convolution'],
  ['FusedBatchNormV3', 'batch normalisation'],
  ['FusedBatchNormGradV3', 'gradient of batch normalisation'],
])('a package whose %s is a little wrong is found out by name', async (op, what) => {
  if (!runtime?.packages.includes('tfjs-node')) return
  spoil(`op === ${JSON.stringify(op)} ? [tf.mul(outputs[0], 1.01), ...outputs.slice(1)] : outputs`)
  const result = await tried()
  expect(result).toMatchObject({ works: false })
  expect(!result.works && result.failure).toMatch(new RegExp(`^its ${what} is wrong by 0\\.01`))
})

test('values that are no numbers are wrong', async () => {
  if (!runtime?.packages.includes('tfjs-node')) return
  spoil('outputs.map((output) => tf.mul(output, NaN))')
  expect(await tried()).toEqual({ works: false, failure: 'its convolution is wrong' })
})

test.skipIf(process.platform === 'win32')('a crash is explained', async () => {
  pretend(`process.kill(process.pid, 'SIGILL'); while (true) {}`)
  expect(await tried()).toEqual({
    works: false,
    failure:
      'when it is tried, it crashed (SIGILL): this TensorFlow was built for processor instructions that this machine lacks',
  })
})

test('a package that is not there says so', async () => {
  const result = await tried()
  expect(result).toMatchObject({ works: false })
  expect(!result.works && result.failure).toContain('Cannot find module')
})

test('what works is tried once, until the addon is another; what does not is tried again', async () => {
  pretend('')
  let runs = 0
  let answer = 'probed {"tensorflow":"2.21.0","gpu":true,"errors":{"convolution":1e-7}}'
  const run: RunProgram = () => {
    runs++
    return Promise.resolve({ stdout: `chatter\n${answer}\n`, stderr: '' })
  }
  const once = () => probeOnce({ ...parts, run, folder, name: 'tfjs-node' })
  for (let i = 0; i < 3; i++) {
    expect(await once()).toEqual({ works: true, tensorflow: '2.21.0', gpu: true })
  }
  expect(runs).toBe(1)
  utimesSync(addonFile(folder, 'tfjs-node'), 1, 2)
  answer = 'probed {"tensorflow":"2.21.0","gpu":true,"errors":{"convolution":null}}'
  for (const count of [2, 3]) {
    expect(await once()).toEqual({ works: false, failure: 'its convolution is wrong' })
    expect(runs).toBe(count)
  }
  writeFileSync(path.join(folder, 'probes.json'), '{"tfjs')
  answer = 'probed {"tensorflow":"2.22.0","gpu":false,"errors":{}}'
  expect(await once()).toMatchObject({ works: true, tensorflow: '2.22.0' })
  expect(await once()).toMatchObject({ works: true, tensorflow: '2.22.0' })
  expect(runs).toBe(4)
})
