import { footageName } from '../footage'
import { counted } from './listing'
import type { ListedClip } from './listing'
import type { LocatedClip } from './locatedClip'

/** What differs between the classes of the two sets. `ignored`: validation clips of which no class is known. */
export function classRemarks(parts: {
  classes: readonly string[]
  train: readonly LocatedClip[]
  val: readonly ListedClip[]
  indexOf: (label: string) => number | undefined
  ignored: number
}): string[] {
  const { classes, val, indexOf, ignored } = parts
  const trained = new Set(parts.train.flatMap(({ labels }) => labels))
  const inVal = [...new Set(val.flatMap(({ labels }) => labels))].sort()
  const extra = inVal.filter((label) => indexOf(label) === undefined)
  const judged = new Set(inVal.map(indexOf))
  const untrained = classes.filter((_, index) => !trained.has(index))
  const missing = classes.filter((_, index) => trained.has(index) && !judged.has(index))
  const remarks: string[] = []
  if (untrained.length > 0)
    remarks.push(`Classes without training clips, of ${classes.length}: ${quoteSome(untrained)}.`)
  if (extra.length > 0) {
    remarks.push(
      `Validation classes that the training set lacks: ${quoteSome(extra)}. ` +
        `Their ${ignored} ${ignored === 1 ? 'clip is' : 'clips are'} left out.`,
    )
  }
  if (val.length > 0 && missing.length > 0) {
    remarks.push(
      `Training classes without validation clips: ${quoteSome(missing)}. They are trained, not judged.`,
    )
  }
  return remarks
}

/** Clips that a list names twice, with the same labels or others. */
export function repeatRemarks(clips: readonly LocatedClip[], set: string): string[] {
  const seen = new Map<string, LocatedClip>()
  let [repeated, otherwise] = [0, 0]
  let first: LocatedClip | undefined
  for (const clip of clips) {
    const name = footageName(clip.footage)
    const before = seen.get(name)
    if (!before) seen.set(name, clip)
    else {
      repeated++
      first ??= clip
      if (before.labels.join() !== clip.labels.join()) otherwise++
    }
  }
  if (!first) return []
  return [
    `${counted(repeated, 'row')} (${set}) ${repeated === 1 ? 'names' : 'name'} a clip again, the first of them row ${first.row}: ${footageName(first.footage)}` +
      (otherwise > 0
        ? `; ${otherwise} with other labels than before.`
        : '. Such clips count as often as they are listed.'),
  ]
}

/** Clips of both sets, on which a validation says nothing. */
export function sharedRemarks(train: readonly LocatedClip[], val: readonly LocatedClip[]): string[] {
  const trained = new Set(train.map(({ footage }) => footageName(footage)))
  const shared = val.filter(({ footage }) => trained.has(footageName(footage)))
  const [first] = shared
  if (!first) return []
  return [
    `${counted(shared.length, 'validation clip')} of ${val.length} ${shared.length === 1 ? 'is' : 'are'} in the training set too, such as ${footageName(first.footage)}.`,
  ]
}

/** The first few names in quotes, and how many more there are. */
export function quoteSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`)
  return names.length > 5 ? `${shown.join(', ')} and ${names.length - 5} more` : shown.join(', ')
}
