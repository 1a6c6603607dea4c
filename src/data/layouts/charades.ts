import path from 'node:path'
import { HumanError } from '../../HumanError'
import { labelsIn } from './labelCell'
import { counted, rowFault } from './listing'
import type { ListedClip, Listing, Source } from './listing'
import { cellsOf, rowsOf } from './rows'
import type { Separator } from './rows'

const separators: readonly Separator[] = [' ', ',', '\t', ';']
const columns = ['original_vido_id', 'path', 'labels'] as const

interface FramesOfVideo extends ListedClip {
  readonly labels: string[]
  count: number
}

/** Whether a list's first line is the header of a list of frames, as PySlowFast reads for Charades. */
export function isFrameListHeader(line: string): boolean {
  return separatorOfHeader(line) !== undefined
}

/**
 * A row for each frame; those of one video, which lie in a folder of their own, are a clip with the labels of all of
 * them, or none.
 */
export function readCharades({ file, text }: Source): Listing {
  const rows = rowsOf(text)
  const header = rows.next().value
  const separator = separatorOfHeader(header?.line ?? '')
  if (!header || separator === undefined) {
    throw new HumanError(
      `${file} does not begin with a row that names its columns: original_vido_id video_id frame_id path labels.`,
    )
  }
  const names = cellsOf(header.line, separator)!.map(({ text: name }) => name)
  const [id, frame, labels] = columns.map((name) => names.indexOf(name)) as [number, number, number]
  const videos = new Map<string, FramesOfVideo>()
  for (const { row, line } of rows) {
    const cells = cellsOf(line, separator)
    if (cells?.length !== names.length)
      throw rowFault(
        { file, row },
        `it has ${counted(cells?.length ?? 0, 'cell')}, the header ${names.length}.`,
      )
    const folder = path.posix.dirname(cells[frame]!.text)
    const video = videos.get(cells[id]!.text)
    const named = labelsIn(cells[labels]!.text, true)
    if (!video) videos.set(cells[id]!.text, { file, row, path: folder, labels: named, count: 1 })
    else if (video.path !== folder)
      throw rowFault(
        { file, row },
        `the frames of ${cells[id]!.text} lie in two folders, ${video.path} and ${folder}.`,
      )
    else {
      video.count++
      for (const label of named) if (!video.labels.includes(label)) video.labels.push(label)
    }
  }
  const clips = [...videos.values()]
  checkClips(file, clips)
  return {
    words: `a list of the frames of ${counted(clips.length, 'video')}`,
    clips,
    multiLabel: true,
    lookup: 'paths',
  }
}

function separatorOfHeader(line: string): Separator | undefined {
  return separators.find((separator) => {
    const names = cellsOf(line, separator)?.map(({ text }) => text) ?? []
    return columns.every((name) => names.includes(name))
  })
}

function checkClips(file: string, clips: readonly FramesOfVideo[]): void {
  if (clips.length === 0) throw new HumanError(`${file} lists no frames.`)
  if (clips.every(({ labels }) => labels.length === 0)) {
    throw new HumanError(
      `${file} has no labels. For Something-Something name its json of items instead, and the folder of frames with data.root.`,
    )
  }
  const folders = new Map<string, FramesOfVideo>()
  for (const clip of clips) {
    const other = folders.get(clip.path)
    if (other)
      throw rowFault(
        clip,
        `its frames lie in ${clip.path}, as those of row ${other.row}. Give each video a folder.`,
      )
    folders.set(clip.path, clip)
  }
}
