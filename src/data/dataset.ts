import { HumanError } from '../HumanError'
import type { Footage } from './footage'
import { checkLabels } from './layouts/classify'
import type { Classes } from './layouts/classify'
import { findClasses } from './layouts/findClasses'
import type { SetName } from './layouts/listing'
import { locate } from './layouts/locate'
import type { LocatedClip } from './layouts/locatedClip'
import { missingRemarks } from './layouts/missing'
import { readListing } from './layouts/readListing'
import type { DataSettings, FoundListing } from './layouts/readListing'
import { classRemarks, quoteSome, repeatRemarks, sharedRemarks } from './layouts/remarks'

/** `labels` are indices into the data set's classes, ascending: one of them, unless the data set is multi-label. */
export interface Clip {
  readonly footage: Footage
  readonly labels: readonly number[]
}

export interface Dataset {
  /**
   * Class names in the order of their labels: those of a file that names them; else called by their number, where
   * lists have numbers; else the training set's, sorted by code unit.
   */
  readonly classes: readonly string[]
  readonly train: readonly Clip[]
  readonly val: readonly Clip[]
  /** Whether clips may have several labels, or none. */
  readonly multiLabel: boolean
  /** What each set was taken for, in words for people: "a list of 12 rows, path and label". */
  readonly layouts: { readonly train: string; readonly val?: string }
  /** What a person should know before training on it, as sentences; empty when all is well. */
  readonly remarks: readonly string[]
}

/** Reads the lists of clips, in an order that does not depend on the file system. Throws HumanError. */
export async function readDataset(data: DataSettings): Promise<Dataset> {
  const train = await readListing(data.train, 'train', data)
  const val = data.val === undefined ? undefined : await readListing(data.val, 'val', data)
  const multiLabel = data.multiLabel ?? (train.multiLabel || val?.multiLabel === true)
  checkLabels(train, multiLabel)
  if (val) checkLabels(val, multiLabel)
  const found = await findClasses(train, val, data.labels)
  const { classes } = found
  if (val) checkShared(train, val, classes)
  const trained = await findClips(train, 'train', classes, data)
  const judged = val ? await findClips(val, 'val', classes, data) : { clips: [], remarks: [] }
  return {
    classes: classes.names,
    train: trained.clips.map(withoutRow),
    val: judged.clips.map(withoutRow),
    multiLabel,
    layouts: { train: train.words, ...(val && { val: val.words }) },
    remarks: [
      ...found.remarks,
      ...trained.remarks,
      ...judged.remarks,
      ...classRemarks({
        classes: classes.names,
        train: trained.clips,
        val: val?.clips ?? [],
        indexOf: classes.indexOf,
        ignored: val?.clips.filter(({ labels }) => isUnknown(labels, classes)).length ?? 0,
      }),
      ...repeatRemarks(trained.clips, 'train'),
      ...repeatRemarks(judged.clips, 'val'),
      ...sharedRemarks(trained.clips, judged.clips),
    ],
  }
}

function checkShared(train: FoundListing, val: FoundListing, { names, indexOf }: Classes): void {
  const inVal = [...new Set(val.clips.flatMap(({ labels }) => labels))].sort()
  if (inVal.length === 0 || inVal.some((label) => indexOf(label) !== undefined)) return
  throw new HumanError(
    `No class of the validation set (${val.words}) is in the training set (${train.words}): ` +
      `it has ${quoteSome(inVal)}, the training set has ${quoteSome(names)}. Name them alike, or the file that names the classes as data.labels.`,
  )
}

/** The clips whose footage is there and whose classes are known. */
async function findClips(
  listing: FoundListing,
  set: SetName,
  classes: Classes,
  data: DataSettings,
): Promise<{ clips: LocatedClip[]; remarks: string[] }> {
  const root = listing.lookup === 'found' ? listing.folder : (data.root ?? listing.folder)
  const footage = await locate(listing, { root, followLinks: data.followLinks ?? false })
  const remarks = await missingRemarks({ listing, footage, root, set })
  const clips = listing.clips.flatMap(({ row, labels }, index): LocatedClip[] => {
    const found = footage[index]
    if (!found || isUnknown(labels, classes)) return []
    return [{ row, footage: found, labels: indices(labels, classes) }]
  })
  return { clips, remarks }
}

/** A clip that has labels, of which no class is known. */
function isUnknown(labels: readonly string[], { indexOf }: Classes): boolean {
  return labels.length > 0 && labels.every((label) => indexOf(label) === undefined)
}

function indices(labels: readonly string[], { indexOf }: Classes): number[] {
  const known = labels.flatMap((label) => indexOf(label) ?? [])
  return [...new Set(known)].sort((a, b) => a - b)
}

function withoutRow({ footage, labels }: LocatedClip): Clip {
  return { footage, labels }
}
