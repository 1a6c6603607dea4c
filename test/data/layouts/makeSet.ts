import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { readDataset } from '../../../src/data/dataset'
import type { Clip, Dataset } from '../../../src/data/dataset'
import type { DataSettings } from '../../../src/data/layouts/readListing'
import { temporaryFolder } from '../ffmpegTools'

type Files = Readonly<Record<string, string | Buffer>>

/** Data sets on disk, in one folder that `remove` removes. Videos are empty: no list is read by what is in them. */
export function dataSets(): {
  make: (videos: readonly string[], files?: Files) => string
  remove: () => void
} {
  const { path, remove } = temporaryFolder()
  let count = 0
  return {
    remove,
    make(videos, files = {}) {
      const root = join(path, `set-${count++}`)
      mkdirSync(root)
      for (const [name, text] of [...videos.map((video) => [video, ''] as const), ...Object.entries(files)]) {
        mkdirSync(dirname(join(root, name)), { recursive: true })
        writeFileSync(join(root, name), text)
      }
      return root
    },
  }
}

/** Reads a data set whose settings name files in `root`. */
export function readIn(root: string, data: DataSettings): Promise<Dataset> {
  const inside = (file: string): string => join(root, file)
  return readDataset({
    ...data,
    train: inside(data.train),
    ...(data.val !== undefined && { val: inside(data.val) }),
    ...(data.root !== undefined && { root: inside(data.root) }),
    ...(data.labels !== undefined && { labels: inside(data.labels) }),
  })
}

/** Clips in few words: `a b.mp4 3`, `x.mp4[2-5] 1`, `frames/ x12 0 4`. */
export function brief(root: string, clips: readonly Clip[]): string[] {
  return clips.map(({ footage, labels }) => {
    const name =
      footage.kind === 'video'
        ? `${relative(root, footage.file)}${footage.part ? `[${footage.part.join('-')}]` : ''}`
        : `${relative(root, footage.folder)}/${footage.count === undefined ? '' : ` x${footage.count}`}`
    return [name, ...labels].join(' ')
  })
}
