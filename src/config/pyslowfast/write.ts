import { stringify } from 'yaml'
import type { Config } from '../schema'
import { keys, put, valueAt } from './keys'

export interface Exported {
  /** YAML. */
  readonly text: string
  /** Keys of the schedule that PySlowFast has no place for, each with its value. */
  readonly left: readonly string[]
}

const policies = { steps: 'steps_with_relative_lrs', cosine: 'cosine' } as const
/** What a schedule file may say that PySlowFast has no word for, with what it is when nothing is said. */
const ours: readonly (readonly [path: readonly string[], silent: unknown])[] = [
  [['data', 'workers'], 'auto'],
  [['data', 'cacheMiB'], 1024],
  [['model', 'nonLocal'], false],
  [['model', 'init'], undefined],
  [['engine', 'backend'], 'auto'],
]

/** A schedule as a PySlowFast config, which `importPySlowFast` reads back to the same plan. */
export function exportPySlowFast(config: Config): Exported {
  const yaml: Record<string, unknown> = {}
  for (const { theirs, ours: path } of keys) {
    const value = valueAt(config, path)
    if (value !== undefined) put(yaml, theirs.split('.'), value)
  }
  const { data, model, train } = config
  put(yaml, ['MODEL', 'ARCH'], model.arch)
  put(yaml, ['RESNET', 'DEPTH'], model.depth)
  put(yaml, ['SOLVER', 'LR_POLICY'], policies[train.policy])
  put(yaml, ['SOLVER', 'STEPS'], train.steps)
  put(yaml, ['SOLVER', 'LRS'], train.rates ?? train.steps.map((_, stage) => train.gamma ** stage))
  if (model.norm?.kind === 'split') {
    put(yaml, ['BN'], { NORM_TYPE: 'sub_batchnorm', NUM_SPLITS: model.norm.splits })
  } else if (model.norm?.kind === 'sync') {
    put(yaml, ['BN'], { NORM_TYPE: 'sync_batchnorm', NUM_SYNC_DEVICES: model.norm.devices })
  }
  const left = ours
    .filter(([path, silent]) => valueAt(config, path) !== silent)
    .map(([path]) => `${path.join('.')}: ${JSON.stringify(valueAt(config, path))}`)
  const folder = folderOf(data)
  if (folder === undefined)
    left.push(`data.train: ${JSON.stringify(data.train)}`, `data.val: ${JSON.stringify(data.val)}`)
  else put(yaml, ['DATA', 'PATH_TO_DATA_DIR'], folder)
  if (config.multigrid.longCycle && train.rates) left.push(`train.rates: ${JSON.stringify(train.rates)}`)
  return { text: stringify(yaml, { version: '1.1', lineWidth: 0 }), left }
}

/** The folder whose train.csv and val.csv PySlowFast reads, if those are the schedule's. */
function folderOf({ train, val }: Config['data']): string | undefined {
  const [, folder] = /^(.+)[\\/]train\.csv$/.exec(train) ?? []
  return folder !== undefined && val !== undefined && /^(.+)[\\/]val\.csv$/.exec(val)?.[1] === folder
    ? folder
    : undefined
}
