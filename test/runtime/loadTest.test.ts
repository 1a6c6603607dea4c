import { expect, test } from 'vitest'
import { nativePackages, readRuntime, runtimeFolder } from '../../src/runtime/folder'
import { testLoad } from '../../src/runtime/loadTest'
import { runProgram } from '../../src/runtime/runProgram'

const folder = runtimeFolder()
const runtime = readRuntime(folder)
const parts = { folder, node: process.execPath, env: process.env, run: runProgram }

for (const name of nativePackages) {
  test(`the installed ${name} computes a 3-D convolution as plain arithmetic does`, async ({ skip }) => {
    skip(
      !runtime?.packages.includes(name),
      `${name} is not installed in ${folder}: ${runtime?.reason ?? 'npm run setup installs it'}`,
    )
    expect(await testLoad({ ...parts, name })).toMatchObject({ loads: true, tensorflow: runtime?.tensorflow })
  })
}

test('a package that is not there says so', async () => {
  const outcome = await testLoad({ ...parts, folder: '/nowhere', name: 'tfjs-node' })
  expect(outcome).toMatchObject({ loads: false })
  expect(!outcome.loads && outcome.failure).toContain('Cannot find module')
})
