import type { Config } from '../schema'
import { keys, listNames, put, valueAt } from './keys'
import { networkKeys } from './networkKeys'

export interface Exported {
  /** YAML. */
  readonly text: string
  /** Keys of the schedule that PySlowFast has no place for, each with its value. */
  readonly left: readonly string[]
}

const policies = { steps: 'steps_with_relative_lrs', cosine: 'cosine' } as const
/** What a schedule file may say that PySlowFast has no word for, with what it is when nothing is said. */
const ours: readonly (readonly [path: readonly string[], silent: unknown])[] = [
  [['data', 'layout'], 'auto'],
  [['data', 'labels'], undefined],
  [['data', 'followLinks'], false],
  [['data', 'workers'], 'auto'],
  [['data', 'cacheMiB'], 1024],
  [['data', 'diskCacheMiB'], 0],
  [['model', 'init'], undefined],
  [['engine', 'backend'], 'auto'],
]
/** Keys that are floats to PySlowFast, whose loader refuses an `1` for one. */
const floats: ReadonlySet<string> = new Set([
  'MODEL.DROPOUT_RATE',
  'SOLVER.GAMMA',
  'SOLVER.BASE_LR',
  'SOLVER.WARMUP_EPOCHS',
  'SOLVER.WARMUP_START_LR',
  'SOLVER.COSINE_END_LR',
  'SOLVER.MOMENTUM',
  'SOLVER.WEIGHT_DECAY',
  'SOLVER.CLIP_GRAD_L2NORM',
  'MULTIGRID.EPOCH_FACTOR',
])

/** A schedule as a PySlowFast config, which `importPySlowFast` reads back to the same plan where nothing is left. */
export function exportPySlowFast(config: Config): Exported {
  const { data, model, train, multigrid } = config
  const values = new Map(keys.map(({ theirs, ours: path }) => [theirs, valueAt(config, path)]))
  values.set('MODEL.ARCH', model.arch)
  values.set('RESNET.DEPTH', model.depth)
  for (const [key, value] of networkKeys(model)) values.set(key, value)
  values.set('SOLVER.LR_POLICY', policies[train.policy])
  values.set('SOLVER.STEPS', train.steps)
  values.set('SOLVER.LRS', train.rates ?? train.steps.map((_, stage) => train.gamma ** stage))
  if (model.norm?.kind === 'split') {
    values.set('BN.NORM_TYPE', 'sub_batchnorm')
    values.set('BN.NUM_SPLITS', model.norm.splits)
  } else if (model.norm?.kind === 'sync') {
    values.set('BN.NORM_TYPE', 'sync_batchnorm')
    values.set('BN.NUM_SYNC_DEVICES', model.norm.devices)
  }
  if (train.preciseBatches > 0) {
    values.set('BN.USE_PRECISE_STATS', true)
    values.set('BN.NUM_BATCHES_PRECISE', train.preciseBatches)
  }
  const lists = listsOf(data)
  values.set('DATA.PATH_TO_DATA_DIR', lists?.folder)
  values.set('DATA.PATH_PREFIX', data.root)
  values.set('DATA.MULTI_LABEL', data.multiLabel)
  if (lists && lists.dataset !== 'kinetics') values.set('TRAIN.DATASET', lists.dataset)
  const left = [
    ...ours
      .filter(([path, silent]) => ![silent, lists?.dataset].includes(valueAt(config, path)))
      .map(([path]) => path),
    ...(lists === undefined
      ? [
          ['data', 'train'],
          ['data', 'val'],
        ]
      : []),
    ...(multigrid.longCycle ? [['train', 'rates']] : []),
    ...(multigrid.shortCycle && multigrid.shortCycleFactors.length !== 2
      ? [['multigrid', 'shortCycleFactors']]
      : []),
  ]
  return {
    text: yamlOf(values),
    left: left
      .filter((path) => valueAt(config, path) !== undefined)
      .map((path) => `${path.join('.')}: ${JSON.stringify(valueAt(config, path))}`),
  }
}

/** The folder where PySlowFast finds the schedule's lists by their names, and the data set of those names. */
function listsOf({
  train,
  val = '',
  layout,
}: Config['data']): { folder: string; dataset: string } | undefined {
  const [folder, list] = parted(train)
  const [folderOfVal, listOfVal] = parted(val)
  const fits = Object.entries(listNames).filter(
    ([, names]) => names.train === list && names.val === listOfVal,
  )
  if (fits.length === 0 || !folder || folder !== folderOfVal) return undefined
  const dataset = fits.some(([name]) => name === layout) ? layout : fits[0]![0]
  return { folder, dataset }
}

/** Folder and name of a path that is written in either way. */
function parted(file: string): [folder: string | undefined, name: string | undefined] {
  const [, folder, name] = /^(.+)[\\/]([^\\/]+)$/.exec(file) ?? []
  return [folder, name]
}

/** Sections in the manner of PySlowFast's own configs, lists on one line. */
function yamlOf(values: ReadonlyMap<string, unknown>): string {
  const sections: Record<string, unknown> = {}
  for (const [key, value] of values) {
    if (value !== undefined) put(sections, key.split('.'), python(value, floats.has(key)))
  }
  return Object.entries(sections)
    .map(([key, value]) => (typeof value === 'string' ? `${key}: ${value}\n` : section(key, value as object)))
    .join('')
}

function section(name: string, members: object): string {
  const lines = Object.entries(members).map(([key, value]) => `  ${key}: ${String(value)}\n`)
  return `${name}:\n${lines.join('')}`
}

function python(value: unknown, float: boolean): string {
  if (Array.isArray(value)) return `[${value.map((one) => python(one, false)).join(', ')}]`
  if (typeof value === 'number') return pythonNumber(value, float)
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return JSON.stringify(value)
}

/** To Python's YAML, `1e-7` is a word: a float has a dot. */
function pythonNumber(value: number, float: boolean): string {
  const text = String(value)
  if (text.includes('e')) return text.includes('.') ? text : text.replace('e', '.0e')
  return float && Number.isInteger(value) ? `${text}.0` : text
}
