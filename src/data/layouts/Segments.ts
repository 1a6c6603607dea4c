import path from 'node:path'
import { followLink, isWithin } from './Folders'
import type { Folders } from './Folders'
import { inParallel } from './inParallel'
import { isVideoName, stemOf } from './videoNames'

const width = 64
const deepest = 8

/** The videos anywhere below a folder, by their names. */
export class Segments {
  private constructor(
    /** By `name` and `folder/name`, the first of those called so. */
    private readonly known: ReadonlyMap<string, string>,
    /** A linked folder that lies elsewhere. */
    readonly notEntered: string | undefined,
  ) {}

  /** Linked folders are entered where links are followed, and where they stay below the root. */
  static async below(root: string, parts: { folders: Folders; followLinks: boolean }): Promise<Segments> {
    const { folders, followLinks } = parts
    const known = new Map<string, string>()
    const entered = new Set<string>()
    let level = [root]
    let top: string | undefined
    let notEntered: string | undefined
    for (let depth = 0; level.length > 0 && depth <= deepest; depth++) {
      const read = await inParallel(level, width, async (folder) => ({
        folder,
        found: await folders.at(folder),
      }))
      const next: string[] = []
      const links: string[] = []
      for (const { folder, found } of read) {
        top ??= found?.real
        if (!found || entered.has(found.real)) continue
        if (!followLinks && !isWithin(top!, found.real)) {
          notEntered ??= folder
          continue
        }
        entered.add(found.real)
        for (const [name, kind] of found.kinds) {
          const file = path.join(folder, name)
          if (kind === 'folder') next.push(file)
          else if (isVideoName(name)) {
            for (const key of [stemOf(name), `${path.basename(folder)}/${stemOf(name)}`])
              if (file < (known.get(key) ?? '\uFFFF')) known.set(key, file)
          } else if (kind === 'link') links.push(file)
        }
      }
      const targets = await inParallel(links, width, followLink)
      next.push(...links.filter((_, index) => targets[index]?.kind === 'folder'))
      level = next.sort()
    }
    return new Segments(known, notEntered)
  }

  /** The video of that name: in a folder that is called as one of the labels, else the first. */
  find(stem: string, labels: readonly string[]): string | undefined {
    const names = [...labels, ...labels.map((label) => label.replaceAll(' ', '_'))].map(
      (label) => `${label}/${stem}`,
    )
    return [...names, stem].map((name) => this.known.get(name)).find((file) => file !== undefined)
  }
}
