import { existsSync, readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import * as z from 'zod'

export const nativePackages = ['tfjs-node-gpu', 'tfjs-node'] as const
export type NativePackage = (typeof nativePackages)[number]

const manifestSchema = z.object({
  version: z.literal(1),
  backend: z.enum([...nativePackages, 'wasm']),
  packages: z.array(z.enum(nativePackages)),
  origin: z.enum(['package', 'wheel', 'none']),
  tensorflow: z.string().optional(),
  reason: z.string(),
  ffmpeg: z.string().optional(),
  node: z.string(),
  installedAt: z.string(),
})

/** What an install left: `packages` are those whose addon loads, `ffmpeg` is relative to the folder, `reason` one line. */
export type RuntimeManifest = z.infer<typeof manifestSchema>

export const manifestFile = (folder: string): string => path.join(folder, 'runtime.json')

export const packageFolder = (folder: string, name: string): string =>
  path.join(folder, 'node_modules', ...name.split('/'))

export const addonFile = (folder: string, name: NativePackage): string =>
  path.join(packageFolder(folder, `@tensorflow/${name}`), 'lib', 'napi-v8', 'tfjs_binding.node')

/** The per-user folder of TensorFlow and ffmpeg, absolute: $MULTIGRID_RUNTIME, else the platform's place for such data. */
export function runtimeFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = os.homedir(),
): string {
  const chosen = env['MULTIGRID_RUNTIME']
  if (chosen) return path.resolve(chosen)
  const rules = platform === 'win32' ? path.win32 : path.posix
  return rules.join(dataFolder(env, platform, home), 'multigrid', 'runtime')
}

function dataFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home: string): string {
  if (platform === 'win32') return env['LOCALAPPDATA'] || path.win32.join(home, 'AppData', 'Local')
  if (platform === 'darwin') return path.posix.join(home, 'Library', 'Application Support')
  const data = env['XDG_DATA_HOME']
  // The XDG rules: a path that is not absolute does not count.
  return data?.startsWith('/') ? data : path.posix.join(home, '.local', 'share')
}

/** What is installed in `folder`; undefined when nothing is, or when what is there does not match its manifest. */
export function readRuntime(folder: string): RuntimeManifest | undefined {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(manifestFile(folder), 'utf8'))
  } catch {
    return undefined
  }
  const { data } = manifestSchema.safeParse(json)
  if (!data) return undefined
  const { backend, packages, ffmpeg } = data
  const files = packages.map((name) => addonFile(folder, name))
  if (ffmpeg !== undefined) files.push(path.join(folder, ffmpeg))
  const agrees = backend === 'wasm' || packages.includes(backend)
  return agrees && files.every((file) => existsSync(file)) ? data : undefined
}
