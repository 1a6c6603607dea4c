import { findNodeAtLocation, getNodeValue, parse } from 'jsonc-parser'
import type { Node } from 'jsonc-parser'
import { fillDefaults } from '../config/defaults'
import type { Placed } from '../config/readSchedule'
import { readSchedule } from '../config/readSchedule'
import { scheduleSchema } from '../config/schema'
import type { Config } from '../config/schema'
import { keyPath } from '../schedule/checkSettings'
import { applied } from './applied'
import { editsOf } from './Change'
import type { Change } from './Change'
import { written } from './editJson'
import { remediesFor } from './remedies'
import { scheduleProblems } from './scheduleProblems'
import type { ScheduleProblem } from './scheduleProblems'
import type { TextEdit } from './TextEdit'

/** A change that mends a problem; it was tried before it is offered. */
export interface Fix {
  readonly title: string
  readonly edits: readonly TextEdit[]
}

export interface Mended {
  readonly problem: ScheduleProblem
  /** The likeliest first. */
  readonly fixes: readonly Fix[]
}

const mostFixes = 4

/** The problems that touch these characters, with what mends them. */
export function scheduleFixes(text: string, range: { offset: number; length: number }): Mended[] {
  const { tree } = readSchedule(text)
  if (!tree) return []
  const before = scheduleProblems(text, { bySchema: false })
  const config = filled(tree)
  return before
    .filter(({ offset, length }) => offset <= range.offset + range.length && range.offset <= offset + length)
    .map((problem) => {
      // By what the file says with them: two ways to write one thing are one fix.
      const fixes = new Map<string, Fix>()
      for (const { title, changes } of candidates(problem, tree, config)) {
        if (fixes.size === mostFixes) break
        const edits = editsOf(text, changes)
        if (!edits) continue
        const edited = applied(text, edits)
        const value = JSON.stringify(parse(edited))
        if (fixes.has(value)) continue
        if (mends(before, scheduleProblems(edited, { bySchema: false }), problem))
          fixes.set(value, { title, edits })
      }
      return { problem, fixes: [...fixes.values()] }
    })
    .filter(({ fixes }) => fixes.length > 0)
}

interface Candidate {
  readonly title: string
  readonly changes: readonly Change[]
}

/** Every default filled in, whatever the settings say of one another. */
function filled(tree: Node): Config | undefined {
  const { data, success } = scheduleSchema.safeParse(getNodeValue(tree))
  return success ? fillDefaults(data, 'training') : undefined
}

function* candidates(problem: ScheduleProblem, tree: Node, config: Config | undefined): Generator<Candidate> {
  if (problem.placed) yield* bySchema(problem.placed, tree)
  if (!config) return
  for (const changes of remediesFor(problem.path, config)) yield { title: titleOf(changes, tree), changes }
}

function* bySchema({ by, path, remedy }: Placed, tree: Node): Generator<Candidate> {
  if (by !== 'schema') return
  if (remedy?.kind === 'rename') {
    if (findNodeAtLocation(tree, [...path.slice(0, -1), remedy.key])) return
    yield { title: `Change to "${remedy.key}"`, changes: [{ rename: path, to: remedy.key }] }
  } else if (remedy?.kind === 'move') {
    const to = [remedy.section, path.at(-1)!]
    const node = findNodeAtLocation(tree, [...path])
    if (!node || findNodeAtLocation(tree, to)) return
    const changes = [{ remove: path }, { set: to, to: getNodeValue(node) as unknown }]
    yield { title: `Move to "${remedy.section}"`, changes }
  } else if (remedy?.kind === 'choose') {
    const { near, values } = remedy
    const inOrder = near === undefined ? values : [near, ...values.filter((value) => value !== near)]
    for (const value of inOrder)
      yield { title: `Change to ${written(value)}`, changes: [{ set: path, to: value }] }
  } else {
    const node = findNodeAtLocation(tree, [...path])
    const bare = node?.type === 'string' ? bareValue(node.value as string) : undefined
    if (bare !== undefined) yield { title: `Change to ${written(bare)}`, changes: [{ set: path, to: bare }] }
  }
}

/** `"8"` and `"true"` are values in quotes. */
function bareValue(text: string): number | boolean | undefined {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?(e-?\d+)?$/i.test(text) ? Number(text) : undefined
}

function titleOf(changes: readonly Change[], tree: Node): string {
  const words = changes.map((change) => {
    if ('set' in change) return `${keyPath(change.set)} to ${written(change.to)}`
    if ('rename' in change) return `${keyPath(change.rename)} to ${change.to}`
    if ('insertAt' in change) return `${keyPath(change.insertAt.slice(0, -1))}: add ${written(change.item)}`
    const node = findNodeAtLocation(tree, [...change.remove])
    return `${keyPath(change.remove.slice(0, -1))}: take ${node ? written(getNodeValue(node)) : 'it'} out`
  })
  return `Change ${words.join(', ')}`
}

/** Fewer problems of its kind at its key, and no error that was not there. */
function mends(
  before: readonly ScheduleProblem[],
  after: readonly ScheduleProblem[],
  { path, severity }: ScheduleProblem,
): boolean {
  const head = keyPath(path.slice(0, 2))
  const here = (problems: readonly ScheduleProblem[]) =>
    problems.filter((one) => one.severity === severity && keyPath(one.path.slice(0, 2)) === head).length
  const errors = (problems: readonly ScheduleProblem[]) =>
    problems.filter((one) => one.severity === 'error').length
  return here(after) < here(before) && errors(after) <= errors(before)
}
