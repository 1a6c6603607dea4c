import os from 'node:os'
import { HumanError } from '../HumanError'
import { cudaMajor } from './cuda'
import { findFfmpeg } from './ffmpeg'
import { diskFinding, placeOf } from './findings/diskFinding'
import { ffmpegFinding } from './findings/ffmpegFinding'
import { findingIds } from './findings/Finding'
import type { Finding, FindingId, Remedy } from './findings/Finding'
import { gpuFinding } from './findings/gpuFinding'
import { memoryFinding } from './findings/memoryFinding'
import { nodeFinding } from './findings/nodeFinding'
import type { Surroundings } from './findings/Surroundings'
import { tensorflowFinding } from './findings/tensorflowFinding'
import { workspaceFinding } from './findings/workspaceFinding'
import { readRuntime } from './folder'
import { askGpus } from './gpu'
import { findNode } from './node'
import { probe } from './probe'
import { runProgram } from './runProgram'

/**
 * What this machine has and lacks for training, in the order of `findingIds`; `found` hears of each as it becomes known.
 * After an abort nothing more is told. Never rejects for what is missing.
 */
export async function diagnose(
  surroundings: Surroundings,
  found: (finding: Finding) => void = () => undefined,
): Promise<Finding[]> {
  const { runtimeFolder: folder, env, signal, workspace } = surroundings
  const node = findNode({
    setting: surroundings.nodeSetting,
    env,
    execPath: surroundings.execPath,
    isElectron: surroundings.isElectron,
    signal,
  })
  // Whoever waits for it hears of a failure; nobody may.
  node.catch(() => undefined)
  const runtime = readRuntime(folder)
  const gpus = askGpus(env, runProgram, signal)
  const checks: Readonly<Record<FindingId, () => Promise<Finding>>> = {
    node: async () => nodeFinding(await node),
    tensorflow: async () => {
      const name = runtime && runtime.backend !== 'wasm' ? runtime.backend : undefined
      const tested =
        name && (await probe({ folder, name, node: (await node).path, env, run: runProgram, signal }))
      const seen = await gpus
      const seesGpu = 'gpus' in seen && seen.gpus.length > 0
      return tensorflowFinding({ folder, runtime, probe: tested, seesGpu })
    },
    gpu: async () =>
      gpuFinding({
        seen: await gpus,
        cuda: runtime && cudaMajor(folder, runtime),
        visible: env['CUDA_VISIBLE_DEVICES'],
        platform: process.platform,
      }),
    ffmpeg: async () =>
      ffmpegFinding(
        await findFfmpeg({ setting: surroundings.ffmpegSetting, env, runtimeFolder: folder, signal }),
      ),
    disk: async () => diskFinding(await Promise.all([...workspace.folders, folder].map(placeOf))),
    workspace: async () => workspaceFinding({ ...workspace, schedules: await workspace.schedules() }),
    memory: () =>
      Promise.resolve(
        memoryFinding({ free: freeMemory(), total: os.totalmem(), cores: os.availableParallelism() }),
      ),
  }
  return Promise.all(
    findingIds.map(async (id) => {
      const finding = await orMissing(id, checks[id])
      if (!signal?.aborted) found(finding)
      return finding
    }),
  )
}

const remediesOfMissing: Readonly<Partial<Record<FindingId, readonly Remedy[]>>> = {
  node: ['chooseNode', 'openSettings'],
  tensorflow: ['chooseNode'],
  ffmpeg: ['chooseFfmpeg', 'installRuntime', 'openSettings'],
}

/** What throws is missing; a HumanError's message says what to do, too. */
async function orMissing(id: FindingId, check: () => Promise<Finding>): Promise<Finding> {
  try {
    return await check()
  } catch (error) {
    const [what, ...advice] = (error as Error).message.split(/: (?=\S+ )/)
    const humane = error instanceof HumanError && advice.length > 0
    return {
      id,
      status: 'missing',
      detail: humane ? what! : (error as Error).message,
      meaning: humane ? sentence(advice.join(': ')) : 'It could not be looked at.',
      remedies: remediesOfMissing[id] ?? [],
    }
  }
}

function sentence(clause: string): string {
  return clause.charAt(0).toUpperCase() + clause.slice(1)
}

/** What is left of a container's limit, where there is one; older versions of Node.js see the machine only. */
function freeMemory(): number {
  const { availableMemory } = process as { availableMemory?: () => number }
  return availableMemory?.call(process) ?? os.freemem()
}
