import type { ScheduleFile } from '../schema'

export type OurPath = readonly [section: keyof ScheduleFile, ...keys: string[]]

/** A key of PySlowFast that has one place in a schedule file; `fallback` is PySlowFast's own default. */
export interface Key {
  readonly theirs: string
  readonly ours: OurPath
  readonly fallback: unknown
}

const half = Math.SQRT1_2

/** Keys that mean the same in both, in the order of a schedule file. Where more is to be said, `read.ts` does. */
export const keys: readonly Key[] = [
  { theirs: 'DATA.NUM_FRAMES', ours: ['data', 'frames'], fallback: 8 },
  { theirs: 'DATA.SAMPLING_RATE', ours: ['data', 'stride'], fallback: 8 },
  { theirs: 'DATA.TARGET_FPS', ours: ['data', 'fps'], fallback: 30 },
  { theirs: 'DATA.TRAIN_CROP_SIZE', ours: ['data', 'crop'], fallback: 224 },
  { theirs: 'DATA.TRAIN_JITTER_SCALES', ours: ['data', 'jitter'], fallback: [256, 320] },
  { theirs: 'DATA.RANDOM_FLIP', ours: ['data', 'flip'], fallback: true },
  { theirs: 'DATA.MEAN', ours: ['data', 'mean'], fallback: [0.45, 0.45, 0.45] },
  { theirs: 'DATA.STD', ours: ['data', 'std'], fallback: [0.225, 0.225, 0.225] },
  { theirs: 'RESNET.WIDTH_PER_GROUP', ours: ['model', 'width'], fallback: 64 },
  { theirs: 'SLOWFAST.ALPHA', ours: ['model', 'alpha'], fallback: 8 },
  { theirs: 'SLOWFAST.BETA_INV', ours: ['model', 'betaInv'], fallback: 8 },
  { theirs: 'MODEL.DROPOUT_RATE', ours: ['model', 'dropout'], fallback: 0.5 },
  { theirs: 'TRAIN.BATCH_SIZE', ours: ['train', 'batch'], fallback: 64 },
  { theirs: 'SOLVER.MAX_EPOCH', ours: ['train', 'epochs'], fallback: 300 },
  { theirs: 'SOLVER.GAMMA', ours: ['train', 'gamma'], fallback: 0.1 },
  { theirs: 'SOLVER.BASE_LR', ours: ['train', 'learningRate'], fallback: 0.1 },
  { theirs: 'SOLVER.WARMUP_EPOCHS', ours: ['train', 'warmup', 'epochs'], fallback: 0 },
  { theirs: 'SOLVER.WARMUP_START_LR', ours: ['train', 'warmup', 'from'], fallback: 0.01 },
  { theirs: 'SOLVER.COSINE_END_LR', ours: ['train', 'finalLearningRate'], fallback: 0 },
  { theirs: 'SOLVER.COSINE_AFTER_WARMUP', ours: ['train', 'cosineAfterWarmup'], fallback: false },
  { theirs: 'SOLVER.MOMENTUM', ours: ['train', 'momentum'], fallback: 0.9 },
  { theirs: 'SOLVER.NESTEROV', ours: ['train', 'nesterov'], fallback: true },
  { theirs: 'SOLVER.WEIGHT_DECAY', ours: ['train', 'weightDecay'], fallback: 1e-4 },
  { theirs: 'SOLVER.ZERO_WD_1D_PARAM', ours: ['train', 'noBiasDecay'], fallback: false },
  { theirs: 'SOLVER.CLIP_GRAD_L2NORM', ours: ['train', 'gradientClip'], fallback: undefined },
  { theirs: 'RNG_SEED', ours: ['train', 'seed'], fallback: 1 },
  { theirs: 'TRAIN.EVAL_PERIOD', ours: ['train', 'evaluateEvery'], fallback: 10 },
  { theirs: 'TRAIN.CHECKPOINT_PERIOD', ours: ['train', 'checkpointEvery'], fallback: 10 },
  { theirs: 'MULTIGRID.LONG_CYCLE', ours: ['multigrid', 'longCycle'], fallback: false },
  { theirs: 'MULTIGRID.SHORT_CYCLE', ours: ['multigrid', 'shortCycle'], fallback: false },
  { theirs: 'MULTIGRID.EPOCH_FACTOR', ours: ['multigrid', 'epochFactor'], fallback: 1.5 },
  {
    theirs: 'MULTIGRID.LONG_CYCLE_FACTORS',
    ours: ['multigrid', 'longCycleFactors'],
    fallback: [
      [0.25, half],
      [0.5, half],
      [0.5, 1],
      [1, 1],
    ],
  },
  {
    theirs: 'MULTIGRID.SHORT_CYCLE_FACTORS',
    ours: ['multigrid', 'shortCycleFactors'],
    fallback: [0.5, half],
  },
  { theirs: 'MULTIGRID.BN_BASE_SIZE', ours: ['multigrid', 'bnBase'], fallback: 8 },
  { theirs: 'MULTIGRID.EVAL_FREQ', ours: ['multigrid', 'evaluationsPerShape'], fallback: 3 },
  { theirs: 'NUM_GPUS', ours: ['engine', 'devices'], fallback: 1 },
]

/** Keys that `importPySlowFast` reads beside those. */
export const otherKeys: ReadonlySet<string> = new Set([
  'BN.NORM_TYPE',
  'BN.NUM_SPLITS',
  'BN.NUM_SYNC_DEVICES',
  'BN.USE_PRECISE_STATS',
  'BN.NUM_BATCHES_PRECISE',
  'DATA.MULTI_LABEL',
  'DATA.PATH_LABEL_SEPARATOR',
  'DATA.PATH_PREFIX',
  'DATA.PATH_TO_DATA_DIR',
  'MODEL.ARCH',
  'NONLOCAL.INSTANTIATION',
  'NONLOCAL.LOCATION',
  'RESNET.DEPTH',
  'SOLVER.LR_POLICY',
  'SOLVER.STEPS',
  'SOLVER.LRS',
  'TRAIN.DATASET',
])

/** What the reference's loaders read in DATA.PATH_TO_DATA_DIR, by TRAIN.DATASET. */
export const listNames: Readonly<Record<string, { readonly train: string; readonly val: string }>> = {
  kinetics: { train: 'train.csv', val: 'val.csv' },
  charades: { train: 'train.csv', val: 'val.csv' },
  ssv2: { train: 'something-something-v2-train.json', val: 'something-something-v2-validation.json' },
}

/** What stands at a path of nested objects; undefined where there is nothing. */
export function valueAt(object: unknown, path: readonly string[]): unknown {
  let value = object
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** Puts a value at a path of nested objects, which are made on the way. */
export function put(object: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) object[key] = value
  else put((object[key] ??= {}) as Record<string, unknown>, rest, value)
}
