import path from 'node:path'
import { HumanError } from '../HumanError'
import { findOnPath } from './findOnPath'
import { readRuntime } from './folder'
import { runProgram } from './runProgram'

export interface Ffmpeg {
  readonly path: string
  readonly version: string
  readonly origin: 'setting' | 'PATH' | 'package'
}

/** The ffmpeg to decode with: the user's, else PATH's, else the runtime's. Throws HumanError when none runs. */
export async function findFfmpeg(where: {
  setting: string | undefined
  env: NodeJS.ProcessEnv
  runtimeFolder: string
  signal?: AbortSignal | undefined
}): Promise<Ffmpeg> {
  const { setting, env, runtimeFolder, signal } = where
  if (setting) {
    const probe = await ffmpegVersion(setting, env, signal)
    if ('version' in probe) return { path: setting, version: probe.version, origin: 'setting' }
    throw new HumanError(
      `The ffmpeg of the settings, ${setting}, does not run (it ${probe.failure}): correct the setting, or empty it to use the one on PATH.`,
      { help: 'doctor' },
    )
  }
  const onPath = findOnPath('ffmpeg', env)
  if (onPath !== undefined) {
    const probe = await ffmpegVersion(onPath, env, signal)
    if ('version' in probe) return { path: onPath, version: probe.version, origin: 'PATH' }
  }
  const packaged = readRuntime(runtimeFolder)?.ffmpeg
  if (packaged !== undefined) {
    const file = path.join(runtimeFolder, packaged)
    const probe = await ffmpegVersion(file, env, signal)
    if ('version' in probe) return { path: file, version: probe.version, origin: 'package' }
  }
  throw new HumanError(
    'No ffmpeg was found to decode videos: install ffmpeg so that it is on PATH, name one in the setting "multigrid.ffmpegPath", or install the TensorFlow runtime, which brings one.',
    { help: 'doctor' },
  )
}

/** The version that `file` says it is, such as "7.1.1", or why it does not run. */
export async function ffmpegVersion(
  file: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<{ version: string } | { failure: string }> {
  const { stdout, failure } = await runProgram({
    file,
    args: ['-hide_banner', '-version'],
    env,
    timeoutMs: 10_000,
    signal,
  })
  if (failure !== undefined) return { failure }
  const version = /^ffmpeg version (\S+)/m.exec(stdout)?.[1]
  return version === undefined ? { failure: 'is not ffmpeg by its own word' } : { version }
}
