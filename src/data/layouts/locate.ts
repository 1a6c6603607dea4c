import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { HumanError } from '../../HumanError'
import type { Footage } from '../footage'
import { followLink, Folders, isWithin } from './Folders'
import type { Kind } from './Folders'
import { inParallel } from './inParallel'
import { rowFault } from './listing'
import type { ListedClip, Listing } from './listing'
import { segmentNames } from './kinetics'
import { codeOf } from './readText'
import { Segments } from './Segments'
import { slashed } from './slashed'

export interface Where {
  /** Absolute. */
  readonly root: string
  readonly followLinks: boolean
}

/** Where a clip may lie. `plain`: the list names it in full, so that it may lie anywhere. */
interface Spot {
  readonly file: string
  readonly plain: boolean
  readonly part?: readonly [number, number]
}

const width = 64

/**
 * The footage of each clip, undefined where there is none. Each folder is read once, and no file of a list looked at
 * alone. Throws HumanError with the row of a path that leads out of the root without saying so.
 */
export async function locate({ clips, lookup }: Listing, where: Where): Promise<(Footage | undefined)[]> {
  if (lookup === 'found') return clips.map((clip) => ({ kind: 'video', file: clip.path }))
  const locator = new Locator(where, await realRoot(where.root))
  return lookup === 'segments' ? locator.segments(clips) : locator.paths(clips)
}

async function realRoot(root: string): Promise<string> {
  return realpath(root).catch((error: unknown) => {
    throw new HumanError(
      `data.root: ${root} cannot be opened (${codeOf(error)}). Correct the path in the schedule file.`,
      { cause: error },
    )
  })
}

class Locator {
  private readonly folders = new Folders()

  constructor(
    private readonly where: Where,
    private readonly realRoot: string,
  ) {}

  /** As written first, then as other systems would have meant it. */
  async paths(clips: readonly ListedClip[]): Promise<(Footage | undefined)[]> {
    const footage = await this.look(
      clips,
      clips.map((clip) => this.written(clip)),
    )
    for (const attempt of [0, 1]) {
      const rest = clips.flatMap((clip, index) => {
        const spot = footage[index] ? undefined : this.meant(clip)[attempt]
        return spot ? [{ clip, index, spot }] : []
      })
      const found = await this.look(
        rest.map(({ clip }) => clip),
        rest.map(({ spot }) => spot),
      )
      for (const [at, { index }] of rest.entries()) footage[index] = found[at]
    }
    return footage
  }

  async segments(clips: readonly ListedClip[]): Promise<(Footage | undefined)[]> {
    const known = await Segments.below(this.where.root, {
      folders: this.folders,
      followLinks: this.where.followLinks,
    })
    const spots = clips.map((clip): Spot | undefined => {
      for (const { stem, part } of segmentNames(clip)) {
        const file = known.find(stem, clip.labels)
        if (file !== undefined) return { file, plain: false, ...(part && { part }) }
      }
      if (known.notEntered === undefined) return undefined
      throw rowFault(
        clip,
        `${clip.path} is not there, and ${known.notEntered} is a link out of ${this.where.root}. ${advice}`,
      )
    })
    return this.look(clips.map(withoutPart), spots)
  }

  private written(clip: ListedClip): Spot {
    if (clip.path.includes('\0')) throw rowFault(clip, 'its path has a NUL byte in it, which no file has.')
    return { file: path.resolve(this.where.root, clip.path), plain: path.isAbsolute(clip.path) }
  }

  private meant(clip: ListedClip): Spot[] {
    return slashed(clip.path).map((meant) => ({
      file: path.resolve(this.where.root, meant),
      plain: path.isAbsolute(meant),
    }))
  }

  private async look(
    clips: readonly ListedClip[],
    spots: readonly (Spot | undefined)[],
  ): Promise<(Footage | undefined)[]> {
    const parents = [...new Set(spots.flatMap((spot) => (spot ? [path.dirname(spot.file)] : [])))]
    for (const [index, spot] of spots.entries()) if (spot) this.checkWay(clips[index]!, spot)
    const read = await inParallel(parents, width, (parent) => this.folders.at(parent))
    const byName = new Map(parents.map((parent, index) => [parent, read[index]]))
    const footage = new Array<Footage | undefined>(clips.length)
    const links: { index: number; link: string; spot: Spot }[] = []
    for (const [index, spot] of spots.entries()) {
      const folder = spot && byName.get(path.dirname(spot.file))
      if (!folder) continue
      const name = this.folders.nameIn(folder, path.basename(spot.file))
      if (name === undefined) continue
      this.checkReal(clips[index]!, spot, folder.real)
      const file = path.join(path.dirname(spot.file), name)
      const kind = folder.kinds.get(name)!
      if (kind === 'link') links.push({ index, link: file, spot })
      else footage[index] = footageOf(clips[index]!, file, kind, spot)
    }
    await inParallel(links, width, async ({ index, link, spot }) => {
      const target = await followLink(link)
      if (!target) return
      this.checkReal(clips[index]!, spot, target.real)
      footage[index] = footageOf(clips[index]!, link, target.kind, spot)
    })
    return footage
  }

  private checkWay(clip: ListedClip, { file, plain }: Spot): void {
    if (plain || this.where.followLinks || isWithin(this.where.root, file)) return
    throw rowFault(clip, `${clip.path} leads out of ${this.where.root}. ${advice}`)
  }

  private checkReal(clip: ListedClip, { plain }: Spot, real: string): void {
    if (plain || this.where.followLinks || isWithin(this.realRoot, real)) return
    throw rowFault(clip, `${clip.path} leads over a link to ${real}, out of ${this.where.root}. ${advice}`)
  }
}

const advice = 'If it should, write the path in full, or set data.followLinks to true in the schedule file.'

function footageOf(clip: ListedClip, file: string, kind: Kind, spot: Spot): Footage | undefined {
  const { count } = clip
  const part = spot.part ?? clip.part
  if (kind === 'file') return { kind: 'video', file, ...(part && { part }) }
  if (kind !== 'folder') return undefined
  if (part) throw rowFault(clip, `${file} is a folder of pictures, which has no start and end in seconds.`)
  return { kind: 'pictures', folder: file, ...(count !== undefined && { count }) }
}

/** A video that was cut to its part is the whole clip. */
function withoutPart({ file, row, path: written, labels }: ListedClip): ListedClip {
  return { file, row, path: written, labels }
}
