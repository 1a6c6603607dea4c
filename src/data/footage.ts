/** What a clip is cut from: a video, or a folder of pictures in the order of their numbers. */
export type Footage =
  | {
      readonly kind: 'video'
      readonly file: string
      /** The seconds of the video that belong to the clip; all of it where left out. */
      readonly part?: readonly [from: number, to: number]
    }
  | {
      readonly kind: 'pictures'
      readonly folder: string
      /** Of its pictures, at most so many from the first on. */
      readonly count?: number
    }

/** Alike only where the footage is. */
export function footageKey(footage: Footage): string {
  const count = footage.kind === 'pictures' ? footage.count : undefined
  return count === undefined ? footageName(footage) : `${footageName(footage)}:${count}`
}

/** For people. */
export function footageName(footage: Footage): string {
  if (footage.kind === 'pictures') return footage.folder
  const { file, part } = footage
  return part ? `${file} (${part[0]} s to ${part[1]} s)` : file
}
