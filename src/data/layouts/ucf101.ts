import path from 'node:path'
import { HumanError } from '../../HumanError'
import { counted, rowFault } from './listing'
import type { Listing, Source } from './listing'
import { rowsOf } from './rows'

/** `Class/v_x.avi 1` or, for testing, `Class/v_x.avi`: the folder names the class; ids only say it again. */
export function readUcf101({ file, text }: Source): Listing {
  const clips = [...rowsOf(text)].map(({ row, line }) => {
    const video = line.replace(/\s+\d+$/, '')
    const className = path.basename(path.dirname(video.replaceAll('\\', '/')))
    if (className === '.' || className === '')
      throw rowFault({ file, row }, `${video} names no class; it should be like Class/video.avi.`)
    return { file, row, path: video, labels: [className] }
  })
  if (clips.length === 0)
    throw new HumanError(`${file} lists nothing. It should have rows like Class/video.avi 1.`)
  return {
    words: `a UCF101 split of ${counted(clips.length, 'row')}`,
    clips,
    multiLabel: false,
    lookup: 'paths',
  }
}
