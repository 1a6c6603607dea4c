import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { HumanError } from '../HumanError'
import type { Footage } from './footage'

/** `labels` are indices into the data set's classes, ascending: one of them, unless the data set is multi-label. */
export interface Clip {
  readonly footage: Footage
  readonly labels: readonly number[]
}

export interface Dataset {
  /** Class names in the order of their labels: the training set's, sorted by code unit. */
  readonly classes: readonly string[]
  readonly train: readonly Clip[]
  readonly val: readonly Clip[]
  /** A clip may be of several classes, or of none. */
  readonly multiLabel: boolean
  /** What a person should know before training on it, as sentences; empty when all is well. */
  readonly remarks: readonly string[]
}

/** A video and the name of its class: what every layout on disk comes down to. */
interface NamedClip {
  readonly file: string
  readonly className: string
}

const videoExtensions = new Set([
  '.mp4',
  '.m4v',
  '.mov',
  '.mkv',
  '.webm',
  '.avi',
  '.mpg',
  '.mpeg',
  '.wmv',
  '.flv',
  '.3gp',
  '.ts',
  '.ogv',
])

/** Reads the lists of clips, in an order that does not depend on the file system. Throws HumanError. */
export async function readDataset(data: { train: string; val?: string | undefined }): Promise<Dataset> {
  const train = await listClips(data.train, 'train')
  const val = data.val === undefined ? [] : await listClips(data.val, 'val')
  const classes = distinct(train)
  const labels = new Map(classes.map((name, label) => [name, label]))
  const labelled = (clips: readonly NamedClip[]): Clip[] =>
    clips.flatMap(({ file, className }) => {
      const label = labels.get(className)
      return label === undefined ? [] : [{ footage: { kind: 'video', file }, labels: [label] }]
    })
  const known = labelled(val)
  if (val.length > 0 && known.length === 0) {
    throw new HumanError(
      `No class of the validation set ${data.val} is in the training set: ` +
        `it has ${quoteSome(distinct(val))}, the training set has ${quoteSome(classes)}. Name the folders alike.`,
    )
  }
  return {
    classes,
    train: labelled(train),
    val: known,
    multiLabel: false,
    remarks: val.length > 0 ? differences(classes, val, val.length - known.length) : [],
  }
}

function differences(classes: readonly string[], val: readonly NamedClip[], ignored: number): string[] {
  const inVal = distinct(val)
  const extra = inVal.filter((name) => !classes.includes(name))
  const missing = classes.filter((name) => !inVal.includes(name))
  const remarks: string[] = []
  if (extra.length > 0) {
    remarks.push(
      `Validation classes that the training set lacks: ${quoteSome(extra)}. ` +
        `Their ${ignored} ${ignored === 1 ? 'clip is' : 'clips are'} left out.`,
    )
  }
  if (missing.length > 0) {
    remarks.push(
      `Training classes without validation clips: ${quoteSome(missing)}. They are trained, not judged.`,
    )
  }
  return remarks
}

/** The clips that `source` names. A folder holds a folder per class; other layouts branch off here. */
async function listClips(source: string, key: 'train' | 'val'): Promise<NamedClip[]> {
  const found = await stat(source).catch((error: unknown) => {
    throw new HumanError(
      `data.${key}: ${source} cannot be opened (${codeOf(error)}). Correct the path in the schedule file.`,
    )
  })
  if (!found.isDirectory()) {
    throw new HumanError(
      `data.${key}: ${source} is not a folder. Name a folder that holds a folder per class.`,
    )
  }
  return listClassFolders(source, key)
}

async function listClassFolders(root: string, key: 'train' | 'val'): Promise<NamedClip[]> {
  const folders = await namesIn(root, 'folder')
  const perClass = await Promise.all(
    folders.map(async (className) => {
      const files = await namesIn(join(root, className), 'video')
      return files.map((name) => ({ file: join(root, className, name), className }))
    }),
  )
  const clips = perClass.flat()
  if (clips.length > 0) return clips
  const loose = await namesIn(root, 'video')
  if (loose.length > 0) {
    throw new HumanError(
      `data.${key}: the ${loose.length} videos of ${root} lie beside each other. Put them in a folder per class.`,
    )
  }
  throw new HumanError(
    `data.${key}: no videos in ${root}. It should hold a folder per class, each with files such as .mp4 or .mkv.`,
  )
}

/** Sorted names of the folders, or of the video files, right inside `folder`; hidden ones and dead links left out. */
async function namesIn(folder: string, kind: 'folder' | 'video'): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new HumanError(`${folder} cannot be read (${codeOf(error)}). Check its permissions.`)
  })
  const fits = await Promise.all(entries.map((entry) => isKind(folder, entry, kind)))
  return entries
    .filter((_, index) => fits[index])
    .map((entry) => entry.name)
    .sort()
}

async function isKind(folder: string, entry: Dirent, kind: 'folder' | 'video'): Promise<boolean> {
  if (entry.name.startsWith('.')) return false
  if (kind === 'video' && !videoExtensions.has(extname(entry.name).toLowerCase())) return false
  const target = entry.isSymbolicLink() ? await stat(join(folder, entry.name)).catch(() => undefined) : entry
  return kind === 'folder' ? target?.isDirectory() === true : target?.isFile() === true
}

function distinct(clips: readonly NamedClip[]): string[] {
  return [...new Set(clips.map((clip) => clip.className))].sort()
}

function quoteSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`)
  return names.length > 5 ? `${shown.join(', ')} and ${names.length - 5} more` : shown.join(', ')
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
