import type { Footage } from '../footage'
import { sourceOf } from './found'
import type { Found, FoundPictures, FoundVideo } from './found'

/** What was found in a source, as it holds for one clip of it. */
export interface ClipFacts {
  readonly seconds?: number
  readonly frames?: number
  readonly width?: number
  readonly height?: number
  /** Frames per second, to a hundredth. */
  readonly rate?: number
  readonly codec?: string
  readonly varies?: boolean
  /** Why training cannot use the clip. */
  readonly unreadable?: string
  /** Why a person should look at it. */
  readonly damaged?: string
}

/** What is lost at the end of a video, where ffmpeg complained and where it did not: a longer sound is no damage. */
const lostShare = { complained: 0.02, silent: 0.1 }
/** Times in lists are often rounded. */
const partSlack = 0.5

export function clipFacts(footage: Footage, found: ReadonlyMap<string, Found>): ClipFacts {
  const one = found.get(sourceOf(footage))
  if (!one) return { unreadable: 'it was not read' }
  if (one.at === 'unreadable') return { unreadable: one.reason }
  const damage = (one.at === 'video' ? videoDamage(one, footage) : picturesDamage(one, footage)).join('; ')
  const { width, height, codec } = one
  return {
    width,
    height,
    codec,
    ...(one.at === 'video' ? videoLength(one, footage) : { frames: usedPictures(one, footage) }),
    ...(damage !== '' && { damaged: damage }),
  }
}

function videoLength(video: FoundVideo, footage: Footage): ClipFacts {
  const part = footage.kind === 'video' ? footage.part : undefined
  const seconds = part ? Math.max(0, Math.min(part[1], video.seconds) - part[0]) : video.seconds
  return {
    seconds,
    frames: part ? Math.round(seconds * video.framesPerSecond) : video.frames,
    rate: Math.round(100 * video.framesPerSecond) / 100,
    varies: video.varies,
  }
}

function videoDamage({ seconds, frames, promised, complaints }: FoundVideo, footage: Footage): string[] {
  const damage = []
  const lost = (promised?.seconds ?? 0) - seconds
  const twoFrames = (2 * seconds) / frames
  const share = complaints.length > 0 ? lostShare.complained : lostShare.silent
  if (promised && frames < promised.frames && lost > Math.max(twoFrames, share * promised.seconds)) {
    damage.push(`ends after ${frames} of the ${promised.frames} frames that its header promises`)
  }
  if (footage.kind === 'video' && footage.part && footage.part[1] > seconds + partSlack) {
    damage.push(`ends at ${seconds.toFixed(1)} s, where the list names it up to ${footage.part[1]} s`)
  }
  return [...damage, ...complaints]
}

function picturesDamage({ count, missing, complaints }: FoundPictures, footage: Footage): string[] {
  const damage = []
  const listed = footage.kind === 'pictures' ? (footage.count ?? 0) : 0
  if (listed > count) damage.push(`has ${count} of the ${listed} pictures that the list names`)
  if (missing > 0) {
    damage.push(
      missing === 1
        ? 'a number is left out among its pictures'
        : `${missing} numbers are left out among its pictures`,
    )
  }
  return [...damage, ...complaints]
}

function usedPictures({ count }: FoundPictures, footage: Footage): number {
  return footage.kind === 'pictures' ? Math.min(count, footage.count ?? count) : count
}
