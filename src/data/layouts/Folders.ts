import { readdir, realpath, stat } from 'node:fs/promises'
import type { Dirent } from 'node:fs'
import path from 'node:path'
import { HumanError } from '../../HumanError'
import { codeOf } from './readText'
import { isVideoName, stemOf } from './videoNames'

export type Kind = 'file' | 'folder' | 'link' | 'other'

/** What lies in a folder that is there. */
export interface Folder {
  /** With no link on the way. */
  readonly real: string
  readonly kinds: ReadonlyMap<string, Kind>
}

const absent = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EINVAL', 'ELOOP'])
const foldsCase = process.platform === 'darwin' || process.platform === 'win32'

/** Folders as they are on the disk, each read once: a list names thousands of files in few of them. */
export class Folders {
  private readonly read = new Map<string, Promise<Folder | undefined>>()
  private readonly spelled = new WeakMap<Folder, Map<string, string>>()

  /** Undefined where there is no such folder. Rejects with HumanError where it cannot be read. */
  at(folder: string): Promise<Folder | undefined> {
    let found = this.read.get(folder)
    if (!found) this.read.set(folder, (found = readFolder(folder)))
    return found
  }

  /**
   * The entry that a name means: itself, in another Unicode form (or case, where that is the same), or the video that
   * it is the name of without its ending.
   */
  nameIn(folder: Folder, name: string): string | undefined {
    if (folder.kinds.has(name)) return name
    let names = this.spelled.get(folder)
    if (!names) this.spelled.set(folder, (names = spellings(folder)))
    return names.get(plain(name))
  }
}

function spellings({ kinds }: Folder): Map<string, string> {
  const names = [...kinds.keys()].sort().reverse()
  const videos = names.filter(isVideoName)
  return new Map([
    ...videos.map((name) => [plain(stemOf(name)), name] as const),
    ...names.map((name) => [plain(name), name] as const),
  ])
}

/** What a link leads to; undefined for a dead one. */
export async function followLink(link: string): Promise<{ real: string; kind: Kind } | undefined> {
  try {
    const [real, target] = await Promise.all([realpath(link), stat(link)])
    return { real, kind: kindOf(target) }
  } catch (error) {
    if (absent.has(codeOf(error))) return undefined
    throw new HumanError(`${link} cannot be followed (${codeOf(error)}). Check its permissions.`, {
      cause: error,
    })
  }
}

/** Whether a path without links is a folder or lies in it. */
export function isWithin(folder: string, file: string): boolean {
  const way = path.relative(folder, file)
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way)
}

async function readFolder(folder: string): Promise<Folder | undefined> {
  try {
    const [real, entries] = await Promise.all([realpath(folder), readdir(folder, { withFileTypes: true })])
    return { real, kinds: new Map(entries.map((entry) => [entry.name, kindOf(entry)])) }
  } catch (error) {
    if (absent.has(codeOf(error))) return undefined
    throw new HumanError(`${folder} cannot be read (${codeOf(error)}). Check its permissions.`, {
      cause: error,
    })
  }
}

function kindOf(entry: Pick<Dirent, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): Kind {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  return entry.isSymbolicLink() ? 'link' : 'other'
}

function plain(name: string): string {
  const text = name.normalize('NFC')
  return foldsCase ? text.toLowerCase() : text
}
