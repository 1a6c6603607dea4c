import { HumanError } from '../HumanError'
import { findOnPath } from './findOnPath'
import { runProgram } from './runProgram'

const oldestMajor = 18

export interface FoundNode {
  readonly path: string
  readonly version: string
  /** What has to be in its environment besides. */
  readonly env: Record<string, string>
  /** Whether native addons load in it; in the editor's own executable they may not. */
  readonly nativeCapable: boolean
}

/** The Node.js for the trainer: the user's, else PATH's, else this process's own executable. Throws HumanError when there is none. */
export async function findNode(where: {
  setting: string | undefined
  env: NodeJS.ProcessEnv
  execPath: string
  isElectron: boolean
  signal?: AbortSignal | undefined
}): Promise<FoundNode> {
  const { setting, env, execPath, isElectron, signal } = where
  if (setting) {
    const probe = await nodeVersion(setting, env, signal)
    if ('version' in probe) return { path: setting, version: probe.version, env: {}, nativeCapable: true }
    throw new HumanError(
      `The Node.js of the settings, ${setting}, cannot run the trainer (it ${probe.failure}): correct the setting, or empty it to use the one on PATH.`,
      { help: 'doctor' },
    )
  }
  const program = findOnPath('node', env)
  const onPath = program === undefined ? { failure: 'is missing' } : await nodeVersion(program, env, signal)
  if ('version' in onPath) {
    return { path: onPath.executable, version: onPath.version, env: {}, nativeCapable: true }
  }
  const own: Record<string, string> = isElectron ? { ELECTRON_RUN_AS_NODE: '1' } : {}
  const probe = await nodeVersion(execPath, { ...env, ...own }, signal)
  if ('version' in probe)
    return { path: execPath, version: probe.version, env: own, nativeCapable: !isElectron }
  throw new HumanError(
    `No Node.js was found to run the trainer (the one on PATH ${onPath.failure}): install Node.js ${oldestMajor} or newer from https://nodejs.org, or name one in the setting "multigrid.nodePath".`,
    { help: 'doctor' },
  )
}

/** The version of the Node.js at `file` and its real executable, or why it will not do. */
export async function nodeVersion(
  file: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<{ version: string; executable: string } | { failure: string }> {
  const ask = 'console.log("node", process.versions.node); console.log(process.execPath)'
  const { stdout, failure } = await runProgram({ file, args: ['-e', ask], env, timeoutMs: 10_000, signal })
  if (failure !== undefined) return { failure }
  const [, version, executable] = /^node (\d+\S*)\r?\n(.+?)\r?\n/.exec(stdout) ?? []
  if (version === undefined || executable === undefined) return { failure: 'is not Node.js' }
  if (Number.parseInt(version) < oldestMajor) {
    return { failure: `is version ${version}, and ${oldestMajor} is the oldest that works` }
  }
  return { version, executable }
}
