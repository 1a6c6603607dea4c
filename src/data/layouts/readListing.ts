import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { HumanError } from '../../HumanError'
import type { Config } from '../../config/schema'
import { readCharades } from './charades'
import { readClassFolders } from './classFolders'
import { detectLayout, isJson } from './detect'
import type { Layout } from './detect'
import { readHmdb51, splitNumber, splitOf } from './hmdb51'
import type { Split } from './hmdb51'
import { inParallel } from './inParallel'
import { readJester } from './jester'
import { readJsonList } from './jsonList'
import type { Listing, SetName, Source } from './listing'
import { readPathLabelList } from './pathLabelList'
import { codeOf, readText } from './readText'
import { readUcf101 } from './ucf101'
import { isVideoName } from './videoNames'

/** The keys of a schedule's `data` that say what its clips are. */
export type DataSettings = Pick<Config['data'], 'train' | 'val'> &
  Partial<Pick<Config['data'], 'layout' | 'root' | 'labels' | 'multiLabel' | 'followLinks'>>

/** A listing and the folder that its list lies in. */
export interface FoundListing extends Listing {
  readonly folder: string
}

/** The clips that `source` names, in whatever layout. Throws HumanError. */
export async function readListing(source: string, set: SetName, data: DataSettings): Promise<FoundListing> {
  const { layout = 'auto', followLinks = false } = data
  const found = await stat(source).catch(codeOf)
  const kind = typeof found === 'string' ? undefined : found.isDirectory() ? 'folder' : 'file'
  const split = await splitNamed(source, kind, layout)
  if (split) return readSplit(split, set)
  if (typeof found === 'string') {
    throw new HumanError(
      `data.${set}: ${source} cannot be opened (${found}). Correct the path in the schedule file.`,
    )
  }
  if (kind === 'file') return readList(source, set, data)
  if (layout === 'auto' || layout === 'folders')
    return { ...(await readClassFolders(source, { set, followLinks })), folder: source }
  throw new HumanError(
    `data.${set}: ${source} is a folder, and data.layout says "${layout}". Name a list, or set data.layout to "folders".`,
  )
}

async function splitNamed(
  source: string,
  kind: 'file' | 'folder' | undefined,
  layout: Config['data']['layout'],
): Promise<Split | undefined> {
  if (layout !== 'auto' && layout !== 'hmdb51') return undefined
  const split = splitOf(source, kind === 'folder')
  if (layout === 'hmdb51' || !split) return split
  const names = await readdir(split.folder).catch((): string[] => [])
  return names.some((name) => splitNumber(name) !== undefined) ? split : undefined
}

async function readList(file: string, set: SetName, data: DataSettings): Promise<FoundListing> {
  if (data.layout === 'folders')
    throw new HumanError(`data.${set}: ${file} is not a folder. Name a folder that holds a folder per class.`)
  if (isVideoName(file))
    throw new HumanError(
      `data.${set}: ${file} is a video. Name a folder that holds a folder per class, or a list.`,
    )
  const source = await readText(file, `data.${set}`)
  const folder = path.dirname(file)
  const beside = await readdir(folder).catch((): string[] => [])
  const given = data.layout ?? 'auto'
  const layout =
    given === 'auto' ? detectLayout({ name: path.basename(file), text: source.text, beside }) : given
  return { ...readAs(layout, source, { set, multiLabel: data.multiLabel }), folder }
}

function readAs(
  layout: Layout,
  source: Source,
  rules: { set: SetName; multiLabel?: boolean | undefined },
): Listing {
  if (layout === 'something' || (isJson(source.text) && layout !== 'charades'))
    return readJsonList(source, { multiLabel: rules.multiLabel, something: layout === 'something' })
  switch (layout) {
    case 'charades':
      return readCharades(source)
    case 'ucf101':
      return readUcf101(source)
    case 'jester':
      return readJester(source)
    case 'kinetics':
    case 'mmaction':
      return readPathLabelList(source, { ...rules, as: layout })
    case 'list':
      return readPathLabelList(source, { ...rules, as: 'list' })
    case 'folders':
    case 'hmdb51':
      throw new HumanError(`${source.file} is no list of one file, as data.layout "${layout}" has it.`)
  }
}

async function readSplit({ folder, split }: Split, set: SetName): Promise<FoundListing> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new HumanError(
      `data.${set}: ${folder} cannot be opened (${codeOf(error)}). Correct the path in the schedule file.`,
    )
  })
  const files = names.filter((name) => splitNumber(name) === split).sort()
  if (files.length === 0) {
    throw new HumanError(
      `data.${set}: no files of split ${split} in ${folder}, such as run_test_split${split}.txt. Name the folder that has them.`,
    )
  }
  const sources = await inParallel(files, 8, (name) => readText(path.join(folder, name), `data.${set}`))
  return { ...readHmdb51(sources, { set, split }), folder }
}
