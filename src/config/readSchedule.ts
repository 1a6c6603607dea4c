import { createScanner, findNodeAtLocation, getNodeValue, parseTree } from 'jsonc-parser'
import type { Node, ParseError } from 'jsonc-parser'
import type { Finding } from '../schedule/checkSettings'
import { doubts } from './doubts'
import { judge } from './judge'
import type { Remedy } from './judge'
import type { Config } from './schema'
import { syntaxError } from './syntaxError'

/** What is wrong with a schedule's text: where (offsets in it), and who finds it. */
export interface Placed extends Finding {
  readonly offset: number
  readonly length: number
  readonly severity: 'error' | 'warning'
  /** A schema sees what one value shows; settings contradict one another; the rest is legal and doubtful. */
  readonly by: 'syntax' | 'schema' | 'settings' | 'doubt' | 'repetition'
  readonly remedy?: Remedy
}

export interface Reading {
  /** Undefined where the text is no JSON. */
  readonly tree: Node | undefined
  /** Undefined where there are errors. */
  readonly config: Config | undefined
  /** In the order of the text. */
  readonly found: readonly Placed[]
}

const deepest = 64

/** A schedule file's text (JSON with comments), its config where it is one, and everything that is wrong with it. Never throws. */
export function readSchedule(text: string, { name = 'training' } = {}): Reading {
  const unreadable = (...found: Omit<Placed, 'path' | 'severity' | 'by'>[]): Reading => ({
    tree: undefined,
    config: undefined,
    found: found.map((one) => ({ ...one, path: [], severity: 'error', by: 'syntax' })),
  })
  const tooDeep = offsetDeeperThan(text, deepest)
  if (tooDeep !== undefined) {
    return unreadable({ offset: tooDeep, length: 1, message: `must not nest deeper than ${deepest} levels` })
  }
  const errors: ParseError[] = []
  const tree = parseTree(text, errors, { allowTrailingComma: true })
  if (errors.length > 0) {
    return unreadable(
      ...errors.map(({ offset, length, error }) => ({ offset, length, message: syntaxError(error) })),
    )
  }
  if (!tree) {
    const message = 'must be an object in braces: { "data": { "train": "…" } }'
    return unreadable({ offset: 0, length: 0, message })
  }
  const repeated = repeatedKeys(tree).map(({ node: { offset, length }, path }): Placed => {
    const message = 'is given twice; the last one counts'
    return { path, offset, length, message, severity: 'warning', by: 'repetition' }
  })
  const judged = judge(getNodeValue(tree), name)
  const found = judged.config
    ? doubts(judged.config).map((finding): Placed => {
        return { ...finding, ...placeOf(tree, finding.path, false), severity: 'warning', by: 'doubt' }
      })
    : judged.faults.map(({ path, message, aboutKey, together, remedy }): Placed => {
        const by = together ? 'settings' : 'schema'
        const place = placeOf(tree, path, aboutKey)
        return { path, message, ...place, severity: 'error', by, ...(remedy && { remedy }) }
      })
  return { tree, config: judged.config, found: inOrder([...found, ...repeated]) }
}

/** Where a key's value is, or the key itself; the nearest key that the file has where it has neither. */
function placeOf(tree: Node, path: Finding['path'], aboutKey: boolean): { offset: number; length: number } {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length))
    if (!node) continue
    const named = (aboutKey || length < path.length) && node.parent?.type === 'property'
    const shown = named ? node.parent.children![0]! : node
    return { offset: shown.offset, length: shown.length }
  }
  return { offset: tree.offset, length: 1 }
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

function inOrder(found: Placed[]): Placed[] {
  return found.sort((a, b) => a.offset - b.offset)
}
