import { packageFolder } from './folder'
import type { NativePackage } from './folder'
import { restoreUtilHelpers } from './nodeCompat'
import type { RunProgram } from './runProgram'
import { trainerEnvironment } from './spawnEnv'

export type LoadTest =
  | { readonly loads: true; readonly tensorflow: string; readonly gpu: boolean }
  | { readonly loads: false; readonly failure: string }

// Runs in a throw-away `node -e`: a broken addon takes its process down. Arguments: the package's folder.
const script = `
;(${restoreUtilHelpers.toString()})(require('util'))
const tf = require(process.argv[1])
const [frames, side, inputs, outputs, kernel] = [4, 6, 2, 3, 3]
const wave = (length, step) => Float32Array.from({ length }, (_, i) => Math.sin(i * step))
const x = wave(frames * side * side * inputs, 0.37)
const w = wave(kernel ** 3 * inputs * outputs, 0.73)
const got = tf.conv3d(
  tf.tensor(x, [1, frames, side, side, inputs]), tf.tensor(w, [kernel, kernel, kernel, inputs, outputs]), 1, 'valid').dataSync()
let worst = 0
let at = 0
for (let t = 0; t <= frames - kernel; t++)
  for (let r = 0; r <= side - kernel; r++)
    for (let c = 0; c <= side - kernel; c++)
      for (let o = 0; o < outputs; o++) {
        let sum = 0
        for (let a = 0; a < kernel; a++)
          for (let b = 0; b < kernel; b++)
            for (let d = 0; d < kernel; d++)
              for (let i = 0; i < inputs; i++)
                sum += x[(((t + a) * side + r + b) * side + c + d) * inputs + i] *
                  w[(((a * kernel + b) * kernel + d) * inputs + i) * outputs + o]
        worst = Math.max(worst, Math.abs(got[at++] - sum))
      }
if (at !== got.length) throw new Error('conv3d gave ' + got.length + ' values where ' + at + ' were due')
const backend = tf.backend()
console.log('loaded ' + JSON.stringify({ worst, tensorflow: backend.binding.TF_Version, gpu: backend.isUsingGpuDevice }))
`
const tolerance = 1e-3

/** Loads the package in a process of its own and compares one 3-D convolution with plain arithmetic. */
export async function testLoad(parts: {
  folder: string
  name: NativePackage
  node: string
  env: NodeJS.ProcessEnv
  run: RunProgram
  signal?: AbortSignal | undefined
}): Promise<LoadTest> {
  const { folder, name, node, env, run, signal } = parts
  const { stdout, stderr, failure } = await run({
    file: node,
    args: ['-e', script, packageFolder(folder, `@tensorflow/${name}`)],
    env: { ...trainerEnvironment(env, { runtime: folder }), NODE_OPTIONS: '' },
    timeoutMs: 120_000,
    signal,
  })
  const answer = /^loaded (.+)$/m.exec(stdout)?.[1]
  if (failure !== undefined || answer === undefined) {
    const why = /^\w*Error: (.+)$/m.exec(stderr)?.[1]
    return {
      loads: false,
      failure: `loading it ${failure ?? 'said nothing'}${why === undefined ? '' : ` (${why.trim()})`}`,
    }
  }
  const { worst, tensorflow, gpu } = JSON.parse(answer) as { worst: number; tensorflow: string; gpu: boolean }
  // Written so that NaN fails too.
  return worst <= tolerance
    ? { loads: true, tensorflow, gpu }
    : { loads: false, failure: `its conv3d is wrong by ${worst.toPrecision(2)}` }
}
