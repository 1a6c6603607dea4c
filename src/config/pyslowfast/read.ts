import { isCollection, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import type { Document } from 'yaml'
import { judge } from '../judge'
import { distanceBetween } from '../nearestKey'
import type { Problem } from '../problem'
import type { Config, ScheduleFile } from '../schema'
import { keys, otherKeys, put } from './keys'
import type { Key } from './keys'
import { pythonValue } from './pythonValue'

export interface Imported {
  /** Absent where there are errors among the problems. */
  readonly config?: Config | undefined
  /** The schedule file that says the same. */
  readonly schedule: ScheduleFile
  /** Keys that mean nothing here, each with why where it is not plain. */
  readonly ignored: readonly string[]
  readonly problems: readonly Problem[]
}

const largestBytes = 1_000_000
const mostAliases = 50
/** Edits by which an ignored key may differ from a known one to be taken for it. */
const typos = 2
const archs = ['slowfast', 'slow', 'i3d', 'c2d']
const depths = [18, 50, 101]
const policies: Readonly<Record<string, 'steps' | 'cosine'>> = {
  steps_with_relative_lrs: 'steps',
  cosine: 'cosine',
}

/**
 * A PySlowFast config (YAML, as its own loader reads it) as a schedule, with PySlowFast's defaults for what it leaves
 * out. Any text at all gives a result; never throws. `name` is for a config without one, which all are.
 */
export function importPySlowFast(text: string, { name }: { readonly name: string }): Imported {
  return new Reading(text, name).result()
}

class Reading {
  private readonly lines = new LineCounter()
  private readonly document: Document
  private readonly values = new Map<string, unknown>()
  private readonly problems: Problem[] = []
  private readonly ignored: string[] = []

  constructor(
    text: string,
    private readonly name: string,
  ) {
    const readable = text.length <= largestBytes
    // PyYAML reads YAML 1.1.
    this.document = parseDocument(readable ? text : '', {
      version: '1.1',
      lineCounter: this.lines,
      prettyErrors: false,
      logLevel: 'silent',
    })
    if (!readable) this.fault('', `has ${text.length} characters, which no config needs`)
    for (const { message, pos } of this.document.errors) {
      this.problems.push({
        path: '',
        ...this.place(pos[0]),
        message: `is no YAML: ${message}`,
        severity: 'error',
      })
    }
    if (this.problems.length === 0) this.flatten()
  }

  result(): Imported {
    const schedule = { name: this.name, data: {}, model: {}, train: {}, multigrid: {}, engine: {} }
    const file = schedule as unknown as ScheduleFile
    if (this.problems.length > 0) return { schedule: file, ignored: [], problems: this.problems }
    for (const { theirs, ours, fallback } of keys) {
      const value = this.value(theirs, fallback)
      if (value !== undefined) put(schedule, ours, value)
    }
    this.readData(schedule.data)
    this.readModel(schedule.model)
    this.readRates(schedule.train)
    for (const key of this.values.keys()) this.ignore(key)
    const judged = judge(schedule, this.name)
    for (const { path, message } of judged.faults) this.fault(theirsOf(path), message)
    const faulty = this.problems.some(({ severity }) => severity === 'error')
    return {
      ...(!faulty && { config: judged.config }),
      schedule: file,
      ignored: this.ignored,
      problems: this.problems,
    }
  }

  private readData(data: Record<string, unknown>): void {
    const folder = this.value('DATA.PATH_TO_DATA_DIR', '')
    // PySlowFast's loaders read train.csv and val.csv there.
    const place = typeof folder === 'string' && folder !== '' ? `${folder.replace(/\/+$/, '')}/` : 'data/'
    data['train'] = `${place}train.csv`
    data['val'] = `${place}val.csv`
  }

  private readModel(model: Record<string, unknown>): void {
    const arch = this.value('MODEL.ARCH', 'slowfast')
    if (archs.includes(arch as string)) model['arch'] = arch
    else this.ignored.push(`MODEL.ARCH (${String(arch)} is none of ${archs.join(', ')}; slowfast is written)`)
    const depth = this.value('RESNET.DEPTH', 50)
    if (depths.includes(depth as number)) model['depth'] = depth
    else this.ignored.push(`RESNET.DEPTH (${String(depth)} is none of ${depths.join(', ')}; 50 is written)`)
    model['arch'] ??= 'slowfast'
    model['depth'] ??= 50
    const kind = this.value('BN.NORM_TYPE', 'batchnorm')
    const splits = this.value('BN.NUM_SPLITS', 1)
    const devices = this.value('BN.NUM_SYNC_DEVICES', 1)
    if (kind === 'sub_batchnorm') model['norm'] = { kind: 'split', splits }
    else if (kind === 'sync_batchnorm') model['norm'] = { kind: 'sync', devices }
    else if (kind !== 'batchnorm') {
      this.fault('BN.NORM_TYPE', `must be batchnorm, sub_batchnorm or sync_batchnorm; it is ${String(kind)}`)
    }
  }

  private readRates(train: Record<string, unknown>): void {
    const given = this.value('SOLVER.LR_POLICY', 'cosine')
    const policy = typeof given === 'string' && Object.hasOwn(policies, given) ? policies[given] : undefined
    if (policy === undefined) {
      this.fault(
        'SOLVER.LR_POLICY',
        `must be one of ${Object.keys(policies).join(', ')}; it is ${String(given)}`,
      )
    }
    train['policy'] = policy ?? 'steps'
    if (policy !== 'cosine') {
      delete train['finalLearningRate']
      delete train['cosineAfterWarmup']
    }
    const steps = this.value('SOLVER.STEPS', [])
    const rates = this.value('SOLVER.LRS', [])
    if (!Array.isArray(steps) || !Array.isArray(rates)) {
      if (!Array.isArray(steps)) this.fault('SOLVER.STEPS', 'must be a list of epochs')
      if (!Array.isArray(rates)) this.fault('SOLVER.LRS', 'must be a list of relative rates')
      return
    }
    if (steps.length > 0) train['steps'] = steps
    else if (policy === 'steps')
      this.fault('SOLVER.STEPS', 'must be a list of epochs, the first of them 0; it is empty')
    else train['steps'] = [0]
    if (policy === 'cosine') return
    // With a long cycle the reference makes the rates of its phases from GAMMA, and LRS is not looked at.
    const longCycle = this.read('MULTIGRID.LONG_CYCLE') ?? false
    const used = (rates as unknown[]).slice(0, steps.length)
    if (longCycle === true) {
      if (used.length > 0 && !arePowers(used, train['gamma'])) {
        this.ignored.push('SOLVER.LRS (a long cycle goes by SOLVER.GAMMA, as in PySlowFast)')
      }
    } else if (used.length < steps.length) {
      this.fault(
        'SOLVER.LRS',
        `must have a relative rate for each of SOLVER.STEPS, ${steps.length}; it has ${rates.length}`,
      )
    } else if (!arePowers(used, train['gamma'])) train['rates'] = used
  }

  /** The value of a key, which is then done with. */
  private value(key: string, fallback: unknown): unknown {
    const value = this.read(key)
    this.values.delete(key)
    return value === undefined || value === null ? fallback : value
  }

  private read(key: string): unknown {
    const found = this.values.get(key)
    if (found !== undefined) return found
    const path = key.split('.')
    return this.document.hasIn(path) ? this.plain(this.document.getIn(path, true)) : undefined
  }

  /** Every leaf of the document by its dotted name; lists are leaves. */
  private flatten(): void {
    const { contents } = this.document
    if (contents === null) return
    if (!isMap(contents)) {
      this.fault('', 'must be a config of sections, like "MULTIGRID: { LONG_CYCLE: True }"')
      return
    }
    const walk = (map: typeof contents, above: string): void => {
      for (const { key, value } of map.items) {
        const name = `${above}${isScalar(key) ? String(key.value) : 'a key that is no word'}`
        if (isMap(value)) walk(value, `${name}.`)
        else this.values.set(name, this.plain(value))
      }
    }
    walk(contents, '')
  }

  private plain(node: unknown): unknown {
    if (!isNode(node)) return node
    try {
      const value: unknown = node.toJS(this.document, { maxAliasCount: mostAliases })
      return isCollection(node) && isMap(node) ? undefined : pythonValue(value)
    } catch {
      return undefined
    }
  }

  private ignore(key: string): void {
    const near = [...keys.map(({ theirs }) => theirs), ...otherKeys].find(
      (known) => sectionOf(known) === sectionOf(key) && distanceBetween(known, key.slice(0, 64)) <= typos,
    )
    this.ignored.push(near === undefined ? key : `${key} (did you mean ${near}?)`)
  }

  private fault(path: string, message: string): void {
    const node: unknown = path === '' ? undefined : this.document.getIn(path.split('.'), true)
    const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
    this.problems.push({ path, ...this.place(offset), message, severity: 'error' })
  }

  private place(offset: number): { line: number; column: number } {
    const { line, col } = this.lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
}

function sectionOf(key: string): string {
  return key.split('.').slice(0, -1).join('.')
}

/** PySlowFast's name of the key that a fault is about. */
function theirsOf(path: readonly (string | number)[]): string {
  const begins = ({ ours }: Key): boolean => ours.every((key, index) => path[index] === key)
  const found = keys.find(begins)
  if (found) return found.theirs
  const [section, key] = path
  if (section === 'train' && key === 'steps') return 'SOLVER.STEPS'
  if (section === 'train' && key === 'rates') return 'SOLVER.LRS'
  if (section === 'train' && key === 'warmup') return 'SOLVER.WARMUP_EPOCHS'
  if (section === 'model' && key === 'norm') return 'BN.NORM_TYPE'
  return path.join('.')
}

function arePowers(rates: readonly unknown[], gamma: unknown): boolean {
  return rates.every((rate, stage) => {
    const power = (gamma as number) ** stage
    return typeof rate === 'number' && Math.abs(rate - power) <= 1e-12 * power
  })
}
