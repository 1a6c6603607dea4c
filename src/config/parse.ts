import { createScanner, findNodeAtLocation, getNodeValue, parseTree } from 'jsonc-parser'
import type { Node, ParseError } from 'jsonc-parser'
import { HumanError } from '../HumanError'
import { keyPath } from '../schedule/checkSettings'
import type { Finding } from '../schedule/checkSettings'
import { makePlan } from '../schedule/plan'
import { remarks } from '../schedule/remarks'
import { judge } from './judge'
import { linesOf } from './lines'
import { networkFaults } from './networkFit'
import type { Problem } from './problem'
import type { Config } from './schema'
import { syntaxError } from './syntaxError'

export type { Problem } from './problem'

/** With a config, the problems are warnings; without one, errors are among them. */
export type Parsed =
  | { readonly config: Config; readonly problems: readonly Problem[] }
  | { readonly config?: undefined; readonly problems: readonly Problem[] }

const deepest = 64
const mostProblems = 100

/** A schedule file's text (JSON with comments) as a config, or everything that is wrong with it. Never throws. */
export function parseConfig(text: string, { name = 'training' } = {}): Parsed {
  const positionOf = linesOf(text)
  const at = (
    offset: number,
    path: Finding['path'],
    message: string,
    severity: Problem['severity'] = 'error',
  ): Problem => ({
    path: keyPath(path),
    ...positionOf(offset),
    message,
    severity,
  })
  const tooDeep = offsetDeeperThan(text, deepest)
  if (tooDeep !== undefined)
    return { problems: [at(tooDeep, [], `must not nest deeper than ${deepest} levels`)] }
  const errors: ParseError[] = []
  const tree = parseTree(text, errors, { allowTrailingComma: true })
  if (errors.length > 0 || !tree) {
    const found = errors.map(({ offset, error }) => at(offset, [], syntaxError(error)))
    return {
      problems:
        found.length > 0
          ? capped(found)
          : [at(0, [], 'must be an object in braces: { "data": { "train": "…" } }')],
    }
  }
  const repeated = repeatedKeys(tree).map(({ node, path }) =>
    at(node.offset, path, 'is given twice; the last one counts', 'warning'),
  )
  const judged = judge(getNodeValue(tree), name)
  if (!judged.config) {
    const found = judged.faults.map(({ path, message, aboutKey }) =>
      at(offsetOf(tree, path, aboutKey), path, message),
    )
    return { problems: capped(inOrder([...found, ...repeated])) }
  }
  const { config } = judged
  const found = doubts(config).map(({ path, message }) =>
    at(offsetOf(tree, path, false), path, message, 'warning'),
  )
  return { config, problems: inOrder([...found, ...repeated]) }
}

/** A config that has crossed a process boundary; a HumanError with everything that is wrong with it. */
export function decodeConfig(value: unknown): Config {
  const { config, faults } = judge(value, 'training')
  if (config) return config
  throw new HumanError(
    faults
      .slice(0, mostProblems)
      .map(({ path, message }) => `${keyPath(path) || 'The schedule'} ${message}.`)
      .join('\n'),
  )
}

/** What is legal but probably not meant, as sentences. */
export function warnings(config: Config): string[] {
  return doubts(config).map(({ path, message }) => `${keyPath(path)} ${message}.`)
}

function doubts(config: Config): Finding[] {
  const plan = makePlan(config)
  return [...remarks(config, plan), ...networkFaults(config, plan)]
}

/** Where a key's value is, or the key itself; the nearest that the file has where it has neither. */
function offsetOf(tree: Node, path: Finding['path'], aboutKey: boolean): number {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length))
    if (node)
      return aboutKey || length < path.length
        ? node.parent?.type === 'property'
          ? node.parent.offset
          : node.offset
        : node.offset
  }
  return tree.offset
}

function* walk(node: Node, path: (string | number)[]): Generator<{ node: Node; path: (string | number)[] }> {
  yield { node, path }
  for (const [index, child] of (node.children ?? []).entries()) {
    if (child.type !== 'property') yield* walk(child, [...path, index])
    else if (child.children?.[1]) yield* walk(child.children[1], [...path, String(child.children[0]!.value)])
  }
}

function repeatedKeys(tree: Node): { node: Node; path: (string | number)[] }[] {
  const found = []
  for (const { node, path } of walk(tree, [])) {
    if (node.type !== 'object') continue
    const seen = new Set<string>()
    for (const { children } of node.children ?? []) {
      const key = children![0]!
      if (seen.has(key.value as string)) found.push({ node: key, path: [...path, key.value as string] })
      seen.add(key.value as string)
    }
  }
  return found
}

/** Where brackets open more than `levels` deep, found without recursion: the parser itself recurses. */
function offsetDeeperThan(text: string, levels: number): number | undefined {
  const scanner = createScanner(text, true)
  let depth = 0
  for (;;) {
    scanner.scan()
    const offset = scanner.getTokenOffset()
    const first = text[offset]
    if (first === undefined) return undefined
    if (first === '{' || first === '[') depth++
    else if (first === '}' || first === ']') depth--
    if (depth > levels) return offset
  }
}

function inOrder(problems: Problem[]): Problem[] {
  return problems.sort((a, b) => a.line - b.line || a.column - b.column)
}

function capped(problems: Problem[]): Problem[] {
  if (problems.length <= mostProblems) return problems
  const last = problems[mostProblems - 1]!
  const more = problems.length - mostProblems + 1
  return [
    ...problems.slice(0, mostProblems - 1),
    { ...last, path: '', message: `and ${more} more problems from here on` },
  ]
}
