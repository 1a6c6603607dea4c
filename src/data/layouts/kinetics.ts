import type { ListedClip } from './listing'

/** A name that a clip's video may have, and the part of that video that is the clip; all of it where left out. */
export interface SegmentName {
  readonly stem: string
  readonly part?: readonly [from: number, to: number]
}

/** Names of the video of an annotated segment, as the usual downloaders write them: cut to its part, or whole. */
export function segmentNames({ path, part }: ListedClip): SegmentName[] {
  if (!part) return [{ stem: path }]
  const seconds = part.map((second) => String(Math.round(second)).padStart(6, '0'))
  return [{ stem: `${path}_${seconds.join('_')}` }, { stem: path, part }]
}
