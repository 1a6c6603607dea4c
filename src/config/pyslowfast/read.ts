import { keyPath } from '../../schedule/checkSettings'
import { judge } from '../judge'
import { distanceBetween } from '../nearestKey'
import type { Problem } from '../problem'
import type { Config, ScheduleFile } from '../schema'
import { alwaysHere } from './alwaysHere'
import { keys, listNames, otherKeys, put } from './keys'
import type { Key } from './keys'
import { networkKeys } from './networkKeys'
import { YamlConfig } from './YamlConfig'

export interface Imported {
  /** Absent where there are errors among the problems. */
  readonly config?: Config | undefined
  /** The schedule file that says the same. */
  readonly schedule: ScheduleFile
  /** Keys that mean nothing here, each with why where it would change the training. */
  readonly ignored: readonly string[]
  readonly problems: readonly Problem[]
}

/** Edits by which an ignored key may differ from a known one to be taken for it. */
const typos = 2
const longestName = 100
const longestShown = 60
const archs = ['slowfast', 'slow', 'i3d', 'c2d']
const depths = [18, 50, 101]
const policies: Readonly<Record<string, 'steps' | 'cosine'>> = {
  steps_with_relative_lrs: 'steps',
  cosine: 'cosine',
}
const readKeys = [...keys.map(({ theirs }) => theirs), ...otherKeys]
const known: ReadonlySet<string> = new Set([...readKeys, ...Object.keys(alwaysHere)])

/**
 * A PySlowFast config (YAML, as its own loader reads it) as a schedule, with PySlowFast's defaults for what it leaves
 * out. Any text at all gives a result; never throws. `name` is for a config without one, which all are.
 */
export function importPySlowFast(text: string, { name }: { readonly name: string }): Imported {
  return new Reading(new YamlConfig(text, known), name.slice(0, longestName) || 'imported').result()
}

class Reading {
  private readonly done = new Set<string>()
  private readonly ignored: string[] = []

  constructor(
    private readonly yaml: YamlConfig,
    private readonly name: string,
  ) {}

  result(): Imported {
    const { yaml, name, ignored } = this
    const schedule = { name, data: {}, model: {}, train: {}, multigrid: {}, engine: {} }
    const file = schedule as unknown as ScheduleFile
    if (yaml.problems.length > 0) return { schedule: file, ignored, problems: yaml.problems }
    if (yaml.has('_BASE_')) yaml.fault('_BASE_', 'names another config, which is not read: put its keys here')
    for (const { theirs, ours, fallback } of keys) {
      const value = this.value(theirs, fallback)
      if (value !== undefined) put(schedule, ours, value)
    }
    this.readData(schedule.data)
    this.readModel(schedule.model)
    this.readRates(schedule.train)
    this.readPrecise(schedule.train)
    this.readShortCycle(schedule.multigrid)
    const judged = judge(schedule, name)
    if (judged.config) this.compareNetwork(judged.config.model)
    for (const key of yaml.names) if (!this.done.has(key)) this.ignore(key)
    for (const { path, message } of judged.faults) yaml.fault(theirsOf(path), inTheirWords(message))
    const { problems } = yaml
    return { ...(problems.length === 0 && { config: judged.config }), schedule: file, ignored, problems }
  }

  private readData(data: Record<string, unknown>): void {
    const place = this.path('DATA.PATH_TO_DATA_DIR').replace(/\/+$/, '') || 'data'
    const dataset = String(this.value('TRAIN.DATASET', 'kinetics')).toLowerCase()
    const known = Object.hasOwn(listNames, dataset)
    if (!known) this.ignored.push(`TRAIN.DATASET (${shown(dataset)}; train.csv and val.csv are read)`)
    const { train, val } = listNames[known ? dataset : 'kinetics']!
    data['train'] = `${place}/${train}`
    data['val'] = `${place}/${val}`
    if (dataset === 'charades') data['layout'] = dataset
    const root = this.path('DATA.PATH_PREFIX')
    if (root !== '') data['root'] = root
    const several = this.value('DATA.MULTI_LABEL', undefined)
    if (several !== undefined) data['multiLabel'] = several
    this.done.add('DATA.PATH_LABEL_SEPARATOR') // is seen in the list
  }

  /** A name like "5" is a number only to us; empty where there is none. */
  private path(key: string): string {
    const given = this.value(key, '')
    return typeof given === 'string' ? given : JSON.stringify(given)
  }

  private readModel(model: Record<string, unknown>): void {
    model['arch'] = this.oneOf('MODEL.ARCH', archs, 'slowfast')
    model['depth'] = this.oneOf('RESNET.DEPTH', depths, 50)
    if (this.hasNonLocal()) model['nonLocal'] = this.value('NONLOCAL.INSTANTIATION', 'dot_product')
    else this.done.add('NONLOCAL.INSTANTIATION')
    const kind = this.value('BN.NORM_TYPE', 'batchnorm')
    const splits = this.value('BN.NUM_SPLITS', 1)
    const devices = this.value('BN.NUM_SYNC_DEVICES', 1)
    if (kind === 'sub_batchnorm') model['norm'] = { kind: 'split', splits }
    else if (kind === 'sync_batchnorm') model['norm'] = { kind: 'sync', devices }
    else if (kind !== 'batchnorm') {
      this.yaml.fault(
        'BN.NORM_TYPE',
        `must be batchnorm, sub_batchnorm or sync_batchnorm; it is ${shown(kind)}`,
      )
    }
  }

  private hasNonLocal(): boolean {
    const places = this.yaml.value('NONLOCAL.LOCATION')
    return Array.isArray(places) && places.flat(Infinity).length > 0
  }

  /** Says where the config's network is not the one that is trained here. */
  private compareNetwork(model: Config['model']): void {
    for (const [key, here] of networkKeys(model)) {
      if (!this.yaml.has(key)) continue
      this.done.add(key)
      const value = this.yaml.value(key)
      if (JSON.stringify(value) !== JSON.stringify(here))
        this.ignored.push(`${key} (${shown(value)}; here it is ${shown(here)})`)
    }
  }

  /** A network that is not here does not change the plan, so that it is no error. */
  private oneOf(key: string, allowed: readonly unknown[], fallback: unknown): unknown {
    const value = this.value(key, fallback)
    if (allowed.includes(value)) return value
    this.ignored.push(
      `${key} (${shown(value)} is none of ${allowed.join(', ')}; ${String(fallback)} is written)`,
    )
    return fallback
  }

  private readRates(train: Record<string, unknown>): void {
    const given = this.value('SOLVER.LR_POLICY', 'cosine')
    const policy = typeof given === 'string' && Object.hasOwn(policies, given) ? policies[given] : undefined
    if (policy === undefined) {
      const allowed = Object.keys(policies).join(' or ')
      this.yaml.fault('SOLVER.LR_POLICY', `must be ${allowed}; it is ${shown(given)}`)
    }
    train['policy'] = policy ?? 'steps'
    if (policy !== 'cosine') {
      if (train['finalLearningRate'] === 0) delete train['finalLearningRate']
      if (train['cosineAfterWarmup'] === false) delete train['cosineAfterWarmup']
    }
    const steps = this.value('SOLVER.STEPS', [])
    const rates = this.value('SOLVER.LRS', [])
    if (!Array.isArray(steps)) this.yaml.fault('SOLVER.STEPS', 'must be a list of epochs')
    else if (!Array.isArray(rates)) this.yaml.fault('SOLVER.LRS', 'must be a list of relative rates')
    else {
      const longCycle = this.yaml.value('MULTIGRID.LONG_CYCLE') === true
      if (steps.length > 0) train['steps'] = steps
      else if (policy !== 'cosine' || longCycle)
        this.yaml.fault('SOLVER.STEPS', 'must be a list of epochs, the first of them 0; it is empty')
      else train['steps'] = [0]
      if (policy !== 'cosine') this.readRelativeRates(train, rates.slice(0, steps.length), longCycle)
    }
  }

  private readRelativeRates(train: Record<string, unknown>, rates: unknown[], longCycle: boolean): void {
    const stages = (train['steps'] as unknown[] | undefined)?.length ?? 0
    if (arePowers(rates, train['gamma'], stages)) return
    // With a long cycle the reference makes the rates of its phases from GAMMA, and LRS is not looked at.
    if (longCycle) {
      if (rates.length > 0 && !arePowers(rates, train['gamma'], rates.length))
        this.ignored.push('SOLVER.LRS (a long cycle goes by SOLVER.GAMMA, as in PySlowFast)')
    } else if (rates.length < stages) {
      const message = `must have a relative rate for each of SOLVER.STEPS, ${stages}; it has ${rates.length}`
      this.yaml.fault('SOLVER.LRS', message)
    } else train['rates'] = rates
  }

  private readPrecise(train: Record<string, unknown>): void {
    const key = 'BN.USE_PRECISE_STATS'
    const [used, batches] = [this.value(key, false), this.value('BN.NUM_BATCHES_PRECISE', 200)]
    if (typeof used !== 'boolean') this.yaml.fault(key, `must be True or False; it is ${shown(used)}`)
    else if (used) train['preciseBatches'] = batches
  }

  /** The reference has three steps in a short cycle, whatever its factors. */
  private readShortCycle(multigrid: Record<string, unknown>): void {
    const factors = multigrid['shortCycleFactors']
    if (multigrid['shortCycle'] !== true || !Array.isArray(factors)) return
    const key = 'MULTIGRID.SHORT_CYCLE_FACTORS'
    if (factors.length < 2) this.yaml.fault(key, `must be two factors; it has ${factors.length}`)
    if (factors.length > 2) {
      multigrid['shortCycleFactors'] = factors.slice(0, 2)
      this.ignored.push(`${key} (all but the first two, as in PySlowFast)`)
    }
  }

  /** The value of a key, which is then done with. */
  private value(key: string, fallback: unknown): unknown {
    this.done.add(key)
    const value = this.yaml.value(key)
    if (value !== null) return value ?? fallback
    if (fallback !== undefined) this.yaml.fault(key, `has no value; without the key it is ${shown(fallback)}`)
    return fallback
  }

  private ignore(key: string): void {
    const always = Object.hasOwn(alwaysHere, key) ? alwaysHere[key] : undefined
    if (always) {
      const value = this.yaml.value(key)
      const same = JSON.stringify(value) === JSON.stringify(always.value)
      this.ignored.push(same ? key : `${key} (${shown(value)}; here ${always.instead})`)
      return
    }
    const near = readKeys.find(
      (one) => Math.abs(one.length - key.length) <= typos && distanceBetween(one, key) <= typos,
    )
    this.ignored.push(near === undefined ? key : `${key} (did you mean ${near}?)`)
  }
}

/** PySlowFast's name of the key that a fault is about. */
function theirsOf(path: readonly (string | number)[]): string {
  const begins = ({ ours }: Key): boolean => ours.every((key, index) => path[index] === key)
  const found =
    keys.find(begins)?.theirs ?? Object.entries(others).find(([ours]) => keyPath(path).startsWith(ours))?.[1]
  return found ?? keyPath(path)
}

const others: Readonly<Record<string, string>> = {
  'data.multiLabel': 'DATA.MULTI_LABEL',
  'data.root': 'DATA.PATH_PREFIX',
  'train.steps': 'SOLVER.STEPS',
  'train.rates': 'SOLVER.LRS',
  'model.nonLocal': 'NONLOCAL.INSTANTIATION',
  'model.norm.splits': 'BN.NUM_SPLITS',
  'model.norm.devices': 'BN.NUM_SYNC_DEVICES',
  'train.preciseBatches': 'BN.NUM_BATCHES_PRECISE',
}

/** A message about keys of a schedule file, with PySlowFast's names for them. */
function inTheirWords(message: string): string {
  return message.replace(/\b(?:data|model|train|multigrid|engine)\.\w+/g, (name) => theirsOf(name.split('.')))
}

function shown(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value ?? null)
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text
}

function arePowers(rates: readonly unknown[], gamma: unknown, count: number): boolean {
  return (
    rates.length === count &&
    rates.every((rate, stage) => {
      const power = (gamma as number) ** stage
      return typeof rate === 'number' && Math.abs(rate - power) <= 1e-12 * power
    })
  )
}
