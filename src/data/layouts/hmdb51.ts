import path from 'node:path'
import { HumanError } from '../../HumanError'
import { counted, rowFault } from './listing'
import type { Listing, SetName, Source } from './listing'
import { rowsOf } from './rows'

export interface Split {
  /** That holds the files of the splits. */
  readonly folder: string
  readonly split: number
}

const splitFile = /^(.+)_test_split(\d+)\.txt$/

/** Number of the split that a file belongs to, by its name; undefined for other files. */
export function splitNumber(name: string): number | undefined {
  const [, , number] = splitFile.exec(name) ?? []
  return number === undefined ? undefined : Number(number)
}

/**
 * The folder of the split files and the split that `source` names: a folder is its first split, `FOLDER/split2` its
 * second, and a split file stands for all of its split.
 */
export function splitOf(source: string, isFolder: boolean): Split | undefined {
  if (isFolder) return { folder: source, split: 1 }
  const name = path.basename(source)
  const split = splitNumber(name) ?? Number(/^(?:test_?)?split_?(\d+)$/i.exec(name)?.[1])
  return Number.isInteger(split) ? { folder: path.dirname(source), split } : undefined
}

/** One split: a file for each class, whose rows say `video 1` (training), `video 2` (test) or `video 0` (unused). */
export function readHmdb51(
  sources: readonly Source[],
  { set, split }: { set: SetName; split: number },
): Listing {
  const clips = sources.flatMap(({ file, text }) => {
    const className = splitFile.exec(path.basename(file))![1]!
    return [...rowsOf(text)].flatMap(({ row, line }) => {
      const [, video, use] = /^(.*\S)\s+([012])$/.exec(line) ?? []
      if (video === undefined) throw rowFault({ file, row }, `"${line}" does not end in 0, 1 or 2.`)
      return use === (set === 'train' ? '1' : '2')
        ? [{ file, row, path: `${className}/${video}`, labels: [className] }]
        : []
    })
  })
  if (clips.length === 0)
    throw new HumanError(`Split ${split} of ${path.dirname(sources[0]!.file)} has no clips for ${set}.`)
  return {
    words: `HMDB51's split ${split}: ${counted(clips.length, 'row')} of ${counted(sources.length, 'file')}`,
    clips,
    multiLabel: false,
    lookup: 'paths',
  }
}
