import path from 'node:path'
import { HumanError } from '../../HumanError'
import { followLink, Folders, isWithin } from './Folders'
import type { Folder, Kind } from './Folders'
import { inParallel } from './inParallel'
import { counted } from './listing'
import type { ListedClip, Listing, SetName } from './listing'
import { isVideoName } from './videoNames'

const width = 64

/** A folder per class with videos right in it; hidden files and dead links are left out. Throws HumanError. */
export async function readClassFolders(
  root: string,
  { set, followLinks }: { set: SetName; followLinks: boolean },
): Promise<Listing> {
  const shelves = new ClassFolders(root, followLinks)
  const classes = await shelves.names(root, 'folder')
  const perClass = await inParallel(classes, width, async (className) => {
    const folder = path.join(root, className)
    const videos = await shelves.names(folder, 'file')
    return videos.map((name): ListedClip => ({
      file: root,
      row: 0,
      path: path.join(folder, name),
      labels: [className],
    }))
  })
  const clips = perClass.flat()
  if (clips.length > 0) return { words: 'a folder per class', clips, multiLabel: false, lookup: 'found' }
  const loose = await shelves.names(root, 'file')
  throw new HumanError(
    loose.length > 0
      ? `data.${set}: the ${counted(loose.length, 'video')} of ${root} lie beside each other. Put them in a folder per class, or name a list of them.`
      : `data.${set}: no videos in ${root}. It should hold a folder per class, each with files such as .mp4 or .mkv.`,
  )
}

class ClassFolders {
  private readonly folders = new Folders()

  constructor(
    private readonly root: string,
    private readonly followLinks: boolean,
  ) {}

  /** Sorted names of the folders, or of the video files, right inside `folder`. */
  async names(folder: string, wanted: 'folder' | 'file'): Promise<string[]> {
    const found = await this.folders.at(folder)
    if (!found) return []
    const top = (await this.folders.at(this.root)) ?? found
    this.check(folder, found.real, top)
    const candidates = [...found.kinds].filter(
      ([name]) => !name.startsWith('.') && (wanted === 'folder' || isVideoName(name)),
    )
    const kinds = await inParallel(candidates, width, ([name, kind]) =>
      this.kindOf(path.join(folder, name), kind, wanted, top),
    )
    return candidates
      .filter((_, index) => kinds[index] === wanted)
      .map(([name]) => name)
      .sort()
  }

  private async kindOf(file: string, kind: Kind, wanted: Kind, top: Folder): Promise<Kind | undefined> {
    if (kind !== 'link') return kind
    const target = await followLink(file)
    if (target?.kind === wanted) this.check(file, target.real, top)
    return target?.kind
  }

  private check(file: string, real: string, top: Folder): void {
    if (this.followLinks || isWithin(top.real, real)) return
    throw new HumanError(
      `${file} is a link to ${real}, out of the data set's folder ${this.root}. ` +
        'If its clips belong to the data set, set data.followLinks to true in the schedule file.',
    )
  }
}
