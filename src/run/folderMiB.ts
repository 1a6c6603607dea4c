import { lstat, readdir } from 'node:fs/promises'
import path from 'node:path'

/** Size of what lies in a folder, in MiB; links count as themselves, and what goes away meanwhile as nothing. */
export async function folderMiB(folder: string): Promise<number> {
  return (await bytesIn(folder)) / (1 << 20)
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries.map((entry) => {
      const file = path.join(folder, entry.name)
      if (entry.isDirectory()) return bytesIn(file)
      return lstat(file).then(
        ({ size }) => size,
        () => 0,
      )
    }),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
