import { HumanError } from '../../HumanError'
import { mostClasses } from './classNames'
import type { ClassNames } from './classNames'
import { rowFault } from './listing'
import type { ListedClip, Listing } from './listing'

export interface Classes {
  readonly names: readonly string[]
  /** Index of the class that a list calls so; undefined for one that there is not. */
  readonly indexOf: (label: string) => number | undefined
}

/**
 * The classes of a data set. Labels that are numbers keep them, with the names of `file` or called by their number;
 * labels that are names are the file's, or the training set's in the order of code units. Throws HumanError with the
 * row of a label that is neither.
 */
export function classesOf(train: Listing, val: Listing | undefined, file?: ClassNames): Classes {
  if (file) return namedClasses(train, val, file)
  if (train.lookup === 'found' || !firstNumber(train)) return sortedClasses(train)
  const name = firstName(train)
  if (name) {
    const { clip, label } = name
    throw rowFault(
      clip,
      `the label "${label}" is no number, and other rows have numbers. Name the file with the classes' names as data.labels.`,
    )
  }
  return numberedClasses(train)
}

/** Throws HumanError with the row of a clip that has no label, or several where there should be one. */
export function checkLabels({ clips, lookup }: Listing, multiLabel: boolean): void {
  if (lookup === 'found') return
  for (const clip of clips) {
    if (clip.labels.length === 0 && !multiLabel) throw rowFault(clip, `${clip.path} has no label.`)
    if (clip.labels.length > 1 && !multiLabel)
      throw rowFault(
        clip,
        `it has ${clip.labels.length} labels (${clip.labels.join(', ')}), and data.multiLabel is false.`,
      )
    const negative = clip.labels.find((label) => /^-\d+$/.test(label))
    if (negative !== undefined)
      throw rowFault(clip, `the label ${negative} is below 0. Leave out what has no label.`)
  }
}

function sortedClasses(train: Listing): Classes {
  const names = [...new Set(train.clips.flatMap(({ labels }) => labels))].sort()
  const indices = new Map(names.map((name, index) => [name, index]))
  return { names, indexOf: (label) => indices.get(label) }
}

function numberedClasses(train: Listing): Classes {
  let largest = 0
  for (const clip of train.clips) {
    for (const label of clip.labels) {
      if (Number(label) >= mostClasses)
        throw rowFault(
          clip,
          `the label ${label} would make ${label} classes and one; more than ${mostClasses} are a slip.`,
        )
      largest = Math.max(largest, Number(label))
    }
  }
  const names = Array.from({ length: largest + 1 }, (_, index) => String(index))
  return {
    names,
    indexOf: (label) => (isNumber(label) && Number(label) <= largest ? Number(label) : undefined),
  }
}

function namedClasses(
  train: Listing,
  val: Listing | undefined,
  { file, names, firstId }: ClassNames,
): Classes {
  const exact = new Map(names.map((name, index) => [name, index]))
  const alike = new Map(names.map((name, index) => [plain(name), index]))
  const first = countsFromZero(train, names.length, firstId) ? 0 : firstId
  const indexOf = (label: string): number | undefined => {
    const named = exact.get(label)
    if (named !== undefined && (train.lookup === 'found' || !isNumber(label))) return named
    const index = Number(label) - first
    if (isNumber(label) && index >= 0 && index < names.length) return index
    return named ?? alike.get(plain(label))
  }
  for (const clip of [...train.clips, ...(val?.clips ?? [])]) {
    const unknown = clip.labels.find((label) => indexOf(label) === undefined)
    if (unknown === undefined) continue
    const message = `the class "${unknown}" is not in ${file}, which has ${names.length} (ids ${first} to ${first + names.length - 1}).`
    throw clip.row > 0 ? rowFault(clip, message) : new HumanError(`${clip.path}: ${message}`)
  }
  return { names, indexOf }
}

/** Lists with labels from 0 beside a file with ids from 1. */
function countsFromZero({ clips }: Listing, classes: number, firstId: number): boolean {
  if (firstId === 0) return false
  const has = (label: string): boolean => clips.some(({ labels }) => labels.includes(label))
  return has('0') && !has(String(classes))
}

function firstNumber({ clips }: Listing): ListedClip | undefined {
  return clips.find(({ labels }) => labels.some(isNumber))
}

function firstName({ clips }: Listing): { clip: ListedClip; label: string } | undefined {
  for (const clip of clips) {
    const label = clip.labels.find((one) => !isNumber(one))
    if (label !== undefined) return { clip, label }
  }
  return undefined
}

function isNumber(label: string): boolean {
  return /^\d+$/.test(label)
}

/** Folders often have an underscore for each blank. */
function plain(name: string): string {
  return name.replaceAll('_', ' ').trim().toLowerCase()
}
