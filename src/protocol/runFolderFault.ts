import { lstatSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { runFiles } from './runRecord'

/**
 * Why a folder is not taken for a run: something in it is a link, a device or a pipe, which could lead anywhere or
 * never end. `deep` looks into its checkpoints too. Throws where the folder cannot be read.
 */
export function runFolderFault(folder: string, { deep = false } = {}): string | undefined {
  if (!lstatSync(folder).isDirectory()) return `${folder} is no folder of its own`
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const isFolder = entry.name === runFiles.checkpoints
    if (isFolder ? !entry.isDirectory() : !entry.isFile() && !entry.isDirectory()) {
      return `${entry.name} in it is a link, or no ordinary ${isFolder ? 'folder' : 'file'}`
    }
    if (!isFolder && entry.isDirectory() && names.has(entry.name)) return `${entry.name} in it is no file`
  }
  return deep ? linkBelow(path.join(folder, runFiles.checkpoints)) : undefined
}

const names: ReadonlySet<string> = new Set(Object.values(runFiles))

function linkBelow(folder: string): string | undefined {
  let entries
  try {
    entries = readdirSync(folder, { withFileTypes: true, recursive: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const odd = entries.find((entry) => !entry.isFile() && !entry.isDirectory())
  return odd && `${odd.name} among its checkpoints is a link, or no ordinary file`
}
