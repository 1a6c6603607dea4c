import type { z } from 'zod'
import { checks } from '../schedule/checkSettings'
import type { Finding } from '../schedule/checkSettings'
import { fillDefaults } from './defaults'
import { nearestKey } from './nearestKey'
import { scheduleSchema } from './schema'
import type { Config } from './schema'
import { isRecord } from './isRecord'

type Path = readonly (string | number)[]

/** What to write instead: another key, the same key in another section, or one of a few values. */
export type Remedy =
  | { readonly kind: 'rename'; readonly key: string }
  | { readonly kind: 'move'; readonly section: string }
  | { readonly kind: 'choose'; readonly values: readonly Choice[]; readonly near?: Choice }

type Choice = string | number | boolean

/** A finding about a key, not about its value, when `aboutKey`; about several keys when `together`. */
export interface Fault extends Finding {
  readonly aboutKey: boolean
  readonly together: boolean
  readonly remedy?: Remedy
}

export type Judged =
  | { readonly config: Config; readonly faults: readonly [] }
  | { readonly config: undefined; readonly faults: readonly Fault[] }

/** Every fault of a value that should be a schedule, or the config that it is. */
export function judge(value: unknown, name: string): Judged {
  const parsed = scheduleSchema.safeParse(value)
  if (parsed.success) {
    const config = fillDefaults(parsed.data, name)
    const faults = together(config, [])
    return faults.length > 0 ? { config: undefined, faults } : { config, faults: [] }
  }
  const alone = parsed.error.issues.flatMap((issue) => faultsOf(issue, value))
  const seen = new Set<string>()
  const distinct = alone.filter(({ path, message }) => {
    const key = JSON.stringify([path, message])
    return !seen.has(key) && seen.add(key)
  })
  return { config: undefined, faults: [...distinct, ...togetherWithout(distinct, value, name)] }
}

/** Faults between keys, where the checks do not read one that is no value at all. */
function togetherWithout(faults: readonly Fault[], value: unknown, name: string): Fault[] {
  if (!isRecord(value)) return []
  const repaired = Object.fromEntries(
    Object.entries(value).map(([key, section]) => [key, isRecord(section) ? { ...section } : section]),
  )
  for (const { path } of faults) remove(repaired, path.slice(0, 2))
  const parsed = scheduleSchema.safeParse(withTrain(repaired))
  if (!parsed.success) return []
  const broken = faults.filter(({ aboutKey }) => !aboutKey).map(({ path }) => path.slice(0, 2).join('.'))
  return together(fillDefaults(parsed.data, name), broken)
}

function together(config: Config, broken: readonly string[]): Fault[] {
  const touches = (key: string): boolean => broken.some((one) => key === one || key.startsWith(`${one}.`))
  return checks
    .filter(({ reads }) => !reads.some(touches))
    .flatMap(({ find }) =>
      [...find(config)].map((finding) => ({ ...finding, aboutKey: false, together: true })),
    )
}

function withTrain(file: Record<string, unknown>): Record<string, unknown> {
  const data = isRecord(file['data']) ? file['data'] : {}
  return { ...file, data: { train: '.', ...data } }
}

function remove(file: Record<string, unknown>, [section, key]: Path): void {
  const inside = file[section!]
  if (key === undefined || !isRecord(inside)) Reflect.deleteProperty(file, section!)
  else Reflect.deleteProperty(inside, key)
}

function faultsOf(issue: z.core.$ZodIssue, root: unknown): Fault[] {
  const path = issue.path as Path
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], ...unknownKey(path, key) }))
  }
  const { value, present } = valueAt(root, path)
  const remedy = present ? choiceOf(issue, value) : undefined
  const near = remedy?.near === undefined ? '' : `; did you mean ${JSON.stringify(remedy.near)}?`
  const message = present
    ? `${issue.message}; it is ${brief(value)}${near}`
    : `is missing; it ${issue.message}`
  return [{ path, message, aboutKey: false, together: false, ...(remedy && { remedy }) }]
}

function choiceOf(issue: z.core.$ZodIssue, value: unknown) {
  if (issue.code !== 'invalid_value') return undefined
  const values = issue.values as Choice[]
  const word = typeof value === 'string' ? value : JSON.stringify(value)
  const names = values.map(String)
  const name = names.includes(word)
    ? word
    : nearestKey(
        word,
        names.filter((one) => !/^\d/.test(one)),
      )
  const near = name === undefined ? undefined : values[names.indexOf(name)]
  return { kind: 'choose', values, ...(near !== undefined && { near }) } as const
}

function unknownKey(path: Path, key: string): Omit<Fault, 'path'> {
  const about = { aboutKey: true, together: false }
  const here = keysAt(path)
  const near = nearestKey(key, here)
  if (near !== undefined) {
    const message = `is not a key; did you mean "${near}"?`
    return { ...about, message, remedy: { kind: 'rename', key: near } }
  }
  const sections = Object.keys(scheduleSchema.shape).filter((section) => section !== path[0])
  const home = sections.find((section) => keysAt([section]).includes(key))
  if (home !== undefined) {
    const message = `is not a key here; it belongs in "${home}"`
    return { ...about, message, remedy: { kind: 'move', section: home } }
  }
  const allowed = here.filter((one) => !one.startsWith('$')).join(', ')
  return { ...about, message: `is not a key; allowed here: ${allowed}` }
}

function keysAt(path: Path): string[] {
  let schema: unknown = scheduleSchema
  for (const key of path) schema = shapeOf(schema)[key] ?? undefined
  return Object.keys(shapeOf(schema))
}

/** The keys of an object schema or of a choice of them, behind its defaults. */
function shapeOf(schema: unknown): Record<string, unknown> {
  const { shape, def } = (schema ?? {}) as {
    shape?: Record<string, unknown>
    def?: { innerType?: unknown; options?: readonly unknown[] }
  }
  if (shape) return shape
  if (def?.options) return Object.assign({}, ...def.options.map(shapeOf)) as Record<string, unknown>
  return def?.innerType === undefined ? {} : shapeOf(def.innerType)
}

function valueAt(root: unknown, path: Path): { value: unknown; present: boolean } {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key))
      return { value: undefined, present: false }
    value = (value as Record<string | number, unknown>)[key]
  }
  return { value, present: true }
}

function brief(value: unknown): string {
  if (Array.isArray(value) && (value.length > 8 || value.some((item) => item instanceof Object)))
    return `a list of ${value.length}`
  if (isRecord(value)) return 'an object'
  const text = typeof value === 'string' || Array.isArray(value) ? JSON.stringify(value) : String(value)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}
