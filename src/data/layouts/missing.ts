import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { HumanError } from '../../HumanError'
import type { Footage } from '../footage'
import { counted } from './listing'
import type { ListedClip, Listing, SetName } from './listing'

/** A larger share of rows without a file is a wrong folder, not a few failed downloads. */
const tolerated = 0.2
const mostFoldersTried = 200

/** A remark on rows whose file is not there. Throws HumanError where they are many, with where they were looked for. */
export async function missingRemarks(parts: {
  listing: Listing
  footage: readonly (Footage | undefined)[]
  root: string
  set: SetName
}): Promise<string[]> {
  const { listing, footage, root, set } = parts
  const { clips, lookup } = listing
  const missing = clips.filter((_, index) => !footage[index])
  const [first] = missing
  if (!first) return []
  const example = `row ${first.row} of ${path.basename(first.file)}, ${first.path}`
  if (missing.length <= tolerated * clips.length) {
    return [
      `${counted(missing.length, 'row')} of ${clips.length} (${set}) ${missing.length === 1 ? 'names a file that is' : 'name files that are'} not there: ` +
        `${missing.length === 1 ? '' : 'first '}${example}. ${missing.length === 1 ? 'It is' : 'They are'} left out.`,
    ]
  }
  const place = lookup === 'segments' ? `below ${root}` : `at ${path.resolve(root, first.path)}`
  const found = lookup === 'segments' ? undefined : await otherRoot(root, first)
  throw new HumanError(
    `data.${set}: ${missing.length} of ${counted(clips.length, 'row')} name files that are not there. The first, ${example}, was looked for ${place}. ` +
      (found === undefined
        ? 'Say with data.root which folder the paths start from.'
        : `There is one in ${found}: set data.root to that folder.`),
  )
}

/** A folder near the root from which the path of a clip leads somewhere. */
async function otherRoot(root: string, clip: ListedClip): Promise<string | undefined> {
  if (path.isAbsolute(clip.path) || clip.path.split(/[\\/]/).includes('..')) return undefined
  const up = path.dirname(root)
  const around = [up, path.dirname(up), ...(await foldersIn(root)), ...(await foldersIn(up))]
  for (const folder of around.slice(0, mostFoldersTried)) {
    const there = await stat(path.join(folder, clip.path)).catch(() => undefined)
    if (there) return folder
  }
  return undefined
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(folder, entry.name))
    .sort()
}
