import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'

/** The program's absolute path by PATH alone. Relative entries do not count: they would let a workspace bring its own. */
export function findOnPath(
  program: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
  isProgram: (file: string) => boolean = isExecutable,
): string | undefined {
  const rules = platform === 'win32' ? path.win32 : path.posix
  const file = platform === 'win32' ? `${program}.exe` : program
  return pathFolders(env, platform)
    .map((folder) => rules.join(folder, file))
    .find(isProgram)
}

/**
 * An environment whose PATH names no folder in one of `folders`, and none by a relative name: what it finds there
 * would come with the files that are worked on.
 */
export function withPathOutside(
  env: NodeJS.ProcessEnv,
  folders: readonly string[],
  platform: NodeJS.Platform = process.platform,
): NodeJS.ProcessEnv {
  const rules = platform === 'win32' ? path.win32 : path.posix
  const isInside = (entry: string): boolean =>
    folders.some((folder) => {
      const way = rules.relative(folder, entry)
      return !rules.isAbsolute(way) && !/^\.\.([\\/]|$)/.test(way)
    })
  const entries = pathFolders(env, platform).filter((entry) => !isInside(entry))
  return { ...env, [pathKey(env)]: entries.join(rules.delimiter) }
}

/** The entries of PATH that mean one folder, whatever the current directory and, on Windows, the current drive. */
function pathFolders(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  const windows = platform === 'win32'
  const entries = (env[pathKey(env)] ?? '').split(windows ? path.win32.delimiter : path.posix.delimiter)
  if (!windows) return entries.filter((entry) => path.posix.isAbsolute(entry))
  return entries
    .map((entry) => entry.replace(/^"(.*)"$/, '$1'))
    .filter((entry) => /^([A-Za-z]:[\\/]|\\\\[^\\/])/.test(entry))
}

/** Windows spells it "Path", and finds it by any spelling. */
function pathKey(env: NodeJS.ProcessEnv): string {
  return Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
