/** What is looked at, in the order in which it is shown. */
export const findingIds = ['node', 'tensorflow', 'gpu', 'ffmpeg', 'disk', 'workspace', 'memory'] as const
export type FindingId = (typeof findingIds)[number]

export const findingNames: Readonly<Record<FindingId, string>> = {
  node: 'Node.js',
  tensorflow: 'TensorFlow',
  gpu: 'GPU',
  ffmpeg: 'ffmpeg',
  disk: 'Disk',
  workspace: 'Workspace',
  memory: 'Memory',
}

/** What a person can do about a finding; the editor shows a button for it, the terminal a line. */
export type Remedy =
  'installRuntime' | 'chooseNode' | 'chooseFfmpeg' | 'openSettings' | 'manageTrust' | 'newSchedule'

/** One thing that training needs or likes. Training does not work, or not as asked, without what is missing. */
export interface Finding {
  readonly id: FindingId
  readonly status: 'ok' | 'warning' | 'missing'
  /** What was found: versions, paths, numbers. */
  readonly detail: string
  /** One sentence: what that means for training. */
  readonly meaning: string
  readonly remedies: readonly Remedy[]
}
