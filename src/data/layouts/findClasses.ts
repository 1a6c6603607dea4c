import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { HumanError } from '../../HumanError'
import { classFileAmong, readClassNames } from './classNames'
import type { ClassNames } from './classNames'
import { classesOf } from './classify'
import type { Classes } from './classify'
import type { FoundListing } from './readListing'
import { readText } from './readText'

/**
 * The classes of a data set, as `given` (the file of `data.labels`) names them, or a file that lies beside a list.
 * One that was only found is passed over, with a remark, where it does not fit. Throws HumanError.
 */
export async function findClasses(
  train: FoundListing,
  val: FoundListing | undefined,
  given: string | undefined,
): Promise<{ classes: Classes; remarks: string[] }> {
  if (given !== undefined) return { classes: classesOf(train, val, await readNames(given)), remarks: [] }
  const file = await fileBeside(train, val)
  if (file === undefined) return { classes: classesOf(train, val), remarks: [] }
  try {
    return { classes: classesOf(train, val, await readNames(file)), remarks: [] }
  } catch (error) {
    if (!(error instanceof HumanError)) throw error
    const remark = `The classes are not called as in ${file}: ${error.message} Name the right file with data.labels.`
    return { classes: classesOf(train, val), remarks: [remark] }
  }
}

async function readNames(file: string): Promise<ClassNames> {
  return readClassNames(await readText(file, 'data.labels'))
}

async function fileBeside(train: FoundListing, val: FoundListing | undefined): Promise<string | undefined> {
  for (const listing of [train, val]) {
    if (!listing || listing.lookup === 'found') continue
    const { folder } = listing
    const names = await readdir(folder).catch((): string[] => [])
    const lists = new Set([train, val].map((one) => one?.clips[0]?.file))
    const found = classFileAmong(names.filter((name) => !lists.has(path.join(folder, name))))
    if (found !== undefined) return path.join(folder, found)
  }
  return undefined
}
