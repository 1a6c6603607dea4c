import { createHash } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import * as z from 'zod'
import { addonFile, packageFolder } from './folder'
import type { NativePackage } from './folder'
import { restoreUtilHelpers } from './nodeCompat'
import { probeKernels } from './probeKernels'
import type { ProbedKernels } from './probeKernels'
import type { RunProgram } from './runProgram'
import { signalWords } from './signalWords'
import { trainerEnvironment } from './spawnEnv'

const outcome = z.discriminatedUnion('works', [
  z.object({ works: z.literal(true), tensorflow: z.string(), gpu: z.boolean() }),
  z.object({ works: z.literal(false), failure: z.string() }),
])

/** `failure` is a clause: what is wrong with the package. */
export type Probe = z.infer<typeof outcome>

export interface ProbeRequest {
  readonly folder: string
  readonly name: NativePackage
  readonly node: string
  readonly env: NodeJS.ProcessEnv
  readonly run: RunProgram
  readonly signal?: AbortSignal | undefined
}

// Runs in a throw-away `node -e`: a broken addon takes its process down. Argument: the package's folder.
const script = `
;(${restoreUtilHelpers.toString()})(require('util'))
console.log('probed ' + JSON.stringify((${probeKernels.toString()})(require(process.argv[1]))))
`
const tolerance = 1e-3

/** Loads the package in a process of its own and compares the kernels that training uses with plain arithmetic. */
export async function probe({ folder, name, node, env, run, signal }: ProbeRequest): Promise<Probe> {
  const { stdout, stderr, failure, killedBy } = await run({
    file: node,
    args: ['-e', script, packageFolder(folder, `@tensorflow/${name}`)],
    env: { ...trainerEnvironment(env, { runtime: folder }), NODE_OPTIONS: '' },
    timeoutMs: 120_000,
    signal,
  })
  if (killedBy !== undefined) return { works: false, failure: `when it is tried, ${signalWords(killedBy)}` }
  const answer = /^probed (.+)$/m.exec(stdout)?.[1]
  if (failure !== undefined || answer === undefined) {
    const why = /^\w*Error: (.+)$/m.exec(stderr)?.[1]
    return {
      works: false,
      failure: `loading it ${failure ?? 'said nothing'}${why === undefined ? '' : ` (${why.trim()})`}`,
    }
  }
  const { tensorflow, gpu, errors } = JSON.parse(answer) as ProbedKernels
  // JSON has no NaN and no infinity: what is null is not right either.
  const wrong = Object.entries(errors).find(([, error]) => !(typeof error === 'number' && error <= tolerance))
  return wrong
    ? { works: false, failure: `its ${wrong[0]} is wrong${wrong[1] ? ` by ${wrong[1].toPrecision(2)}` : ''}` }
    : { works: true, tensorflow, gpu }
}

const remembered = z.record(z.string(), outcome)

/**
 * The same, remembered in the runtime's folder until the package, Node, the processor, the driver or the choice of GPU
 * is another. A runtime of another user is probed each time.
 */
export async function probeOnce(request: ProbeRequest): Promise<Probe> {
  const file = path.join(request.folder, 'probes.json')
  const key = circumstances(request)
  let known: z.infer<typeof remembered> = {}
  try {
    known = remembered.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // None yet, or damaged: made anew.
  }
  const before = known[key]
  if (before) return before
  const result = await probe(request)
  // What failed may work in a moment: a GPU that another program fills, a machine without memory.
  if (!result.works) return result
  const kept = Object.entries(known).slice(-7)
  try {
    writeFileSync(file, `${JSON.stringify(Object.fromEntries([...kept, [key, result]]), null, 2)}\n`)
  } catch {
    // Not ours to write: probed again next time.
  }
  return result
}

/** What the answer depends on, as a name. */
function circumstances({ folder, name, node, env }: ProbeRequest): string {
  const { mtimeMs, size } = statSync(addonFile(folder, name))
  const parts = [
    ...[mtimeMs, size, node, process.version, process.arch, os.cpus()[0]?.model, os.release()],
    ...[env['CUDA_VISIBLE_DEVICES'], env['LD_LIBRARY_PATH'], driver(), probeKernels.toString()],
  ]
  return `${name} ${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)}`
}

/** The NVIDIA driver of Linux, where there is one. */
function driver(): string | undefined {
  try {
    return readFileSync('/proc/driver/nvidia/version', 'utf8')
  } catch {
    return undefined
  }
}
