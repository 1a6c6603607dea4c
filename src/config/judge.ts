import type { z } from 'zod'
import { checks } from '../schedule/checkSettings'
import type { Finding } from '../schedule/checkSettings'
import { fillDefaults } from './defaults'
import { nearestKey } from './nearestKey'
import { scheduleSchema } from './schema'
import type { Config } from './schema'
import { isRecord } from './isRecord'

type Path = readonly (string | number)[]

/** A finding about a key, not about its value, when `aboutKey`. */
export interface Fault extends Finding {
  readonly aboutKey: boolean
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
    .flatMap(({ find }) => [...find(config)].map((finding) => ({ ...finding, aboutKey: false })))
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
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(path, key), aboutKey: true }))
  }
  const { value, present } = valueAt(root, path)
  const message = present ? `${issue.message}; it is ${brief(value)}` : `is missing; it ${issue.message}`
  return [{ path, message, aboutKey: false }]
}

function unknownKey(path: Path, key: string): string {
  const here = keysAt(path)
  const near = nearestKey(key, here)
  if (near !== undefined) return `is not a key; did you mean "${near}"?`
  const sections = Object.keys(scheduleSchema.shape).filter((section) => section !== path[0])
  const home = sections.find((section) => keysAt([section]).includes(key))
  if (home !== undefined) return `is not a key here; it belongs in "${home}"`
  return `is not a key; allowed here: ${here.filter((one) => !one.startsWith('$')).join(', ')}`
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
