/** The columns of a list that has a header, by their place. */
export interface Columns {
  readonly path: number
  readonly label: number
  readonly start?: number
  readonly end?: number
  readonly count?: number
  readonly split?: number
}

/** Names that people give a column, the most telling first. */
const names = {
  path: [
    ...['path', 'file_path', 'filepath', 'video_path', 'videopath', 'clip_path', 'file', 'filename'],
    ...['file_name', 'video_file', 'frame_dir', 'dir', 'folder', 'video', 'clip', 'video_name', 'clip_name'],
    ...['youtube_id', 'video_id', 'name', 'id'],
  ],
  label: [
    ...['label', 'labels', 'class', 'classes', 'class_name', 'label_name', 'category', 'action', 'target'],
    ...['label_id', 'class_id', 'class_index', 'label_index', 'category_id', 'action_id', 'y'],
  ],
  start: ['time_start', 'start', 'start_time', 'start_seconds', 'start_sec', 't_start', 'begin'],
  end: ['time_end', 'end', 'end_time', 'end_seconds', 'end_sec', 't_end', 'stop'],
  count: ['num_frames', 'total_frames', 'n_frames', 'nframes', 'frame_count', 'frames', 'count'],
  split: ['split', 'subset', 'set'],
} as const

/** What the cells of a header name; undefined for cells that are no header. */
export function columnsOf(cells: readonly string[]): Columns | undefined {
  const words = cells.map((cell) => cell.trim().toLowerCase().replace(/\W+/g, '_'))
  const find = (column: keyof typeof names): number | undefined => {
    const place = names[column].map((name) => words.indexOf(name)).find((index) => index >= 0)
    return place
  }
  const [path, label] = [find('path'), find('label')]
  if (path === undefined || label === undefined) return undefined
  const [start, end, count, split] = [find('start'), find('end'), find('count'), find('split')]
  return {
    path,
    label,
    ...(start !== undefined && end !== undefined && { start, end }),
    ...(count !== undefined && { count }),
    ...(split !== undefined && { split }),
  }
}

/** Whether the header is that of Kinetics' own annotations, whose clips are parts of YouTube videos. */
export function namesSegments(cells: readonly string[]): boolean {
  const words = cells.map((cell) => cell.trim().toLowerCase())
  return ['youtube_id', 'time_start', 'time_end'].every((name) => words.includes(name))
}

/** The rows that belong to a set, where a column tells sets apart; all of them where it names one only. */
export function rowsOfSet<T>(
  rows: readonly T[],
  splitOf: (row: T) => string,
  set: 'train' | 'val',
): readonly T[] {
  const distinct = [...new Set(rows.map(splitOf))]
  if (distinct.length < 2) return rows
  const wanted = set === 'train' ? /^train/i : /^val/i
  const own = distinct.filter((name) => wanted.test(name))
  const held = own.length > 0 || set === 'train' ? own : distinct.filter((name) => /^test/i.test(name))
  return held.length > 0 ? rows.filter((row) => held.includes(splitOf(row))) : rows
}
