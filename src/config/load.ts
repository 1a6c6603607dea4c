import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { HumanError } from '../HumanError'
import { parseConfig } from './parse'
import type { Problem } from './problem'
import { resolvePaths } from './resolvePaths'
import type { Config } from './schema'
import { withSettings } from './withSettings'

const extension = '.multigrid.json'
const largestBytes = 1_000_000

export interface Loaded {
  readonly config: Config
  readonly text: string
  readonly problems: readonly Problem[]
}

/**
 * Reads a schedule file, with `settings` (`KEY=VALUE`) made in it; its paths come back absolute, its problems are
 * warnings. A HumanError lists every error with its place.
 */
export function loadConfig(file: string, settings: readonly string[] = []): Loaded {
  return loadText(file, withSettings(readScheduleFile(file), settings))
}

/** The same for a text that stands for the file. */
export function loadText(file: string, text: string): Loaded {
  const { config, problems } = parseConfig(text, {
    name: path.basename(file).replace(/(\.multigrid)?\.json$/, ''),
  })
  if (config) return { config: resolvePaths(config, path.dirname(path.resolve(file))), text, problems }
  throw new HumanError(problems.map((problem) => problemLine(file, problem)).join('\n'))
}

/** `file:line:column message`, which terminals and editors make a link of. */
export function problemLine(file: string, { path: key, line, column, message, severity }: Problem): string {
  const warning = severity === 'warning' ? 'warning: ' : ''
  return `${file}:${line}:${column} ${warning}${key === '' ? '' : `${key} `}${message}`
}

/** A text file of a size that a person writes; a HumanError says what to do about one that is not. */
export function readScheduleFile(file: string): string {
  let text: string | undefined
  let bytes: number
  try {
    // Looked at first: a device has no end, and a pipe perhaps no beginning.
    const stats = statSync(file)
    if (!stats.isFile() && !stats.isDirectory()) throw new Error('it is no ordinary file')
    bytes = stats.size
    if (bytes <= largestBytes) text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new HumanError(`${file} cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
  if (text === undefined) {
    throw new HumanError(
      `${file} has ${bytes} bytes, which no schedule needs. A schedule file is a NAME${extension}.`,
    )
  }
  return text.replace(/^\uFEFF/, '')
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT')
    return 'there is no such file. Check its name, or make one with "Multigrid: New Schedule"'
  if (code === 'EISDIR') return `it is a folder. Name the schedule file in it, NAME${extension}`
  if (code === 'EACCES' || code === 'EPERM') return 'permission is denied. Check who may read it'
  return (error as Error).message
}
