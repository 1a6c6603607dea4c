import { findNodeAtLocation, parseTree } from 'jsonc-parser'
import { applied } from './applied'
import { removeNode, setValue, written } from './editJson'
import type { TextEdit } from './TextEdit'

type Path = readonly (string | number)[]

/** A change of a schedule file, by its keys. */
export type Change =
  | { readonly set: Path; readonly to: unknown }
  | { readonly remove: Path }
  | { readonly insertAt: Path; readonly item: unknown }
  | { readonly rename: Path; readonly to: string }

/** The edits that make these changes one after the other, or undefined where one has no place. */
export function editsOf(text: string, changes: readonly Change[]): TextEdit[] | undefined {
  const [only, ...others] = changes
  if (!only) return []
  if (others.length === 0) return editsOfOne(text, only)
  let edited = text
  for (const change of changes) {
    const edits = editsOfOne(edited, change)
    if (!edits) return undefined
    edited = applied(edited, edits)
  }
  return [difference(text, edited)]
}

function editsOfOne(text: string, change: Change): TextEdit[] | undefined {
  if ('set' in change) return setValue(text, change.set, change.to)
  const tree = parseTree(text, [], { allowTrailingComma: true })
  const node = (path: Path) => tree && findNodeAtLocation(tree, [...path])
  if ('remove' in change) {
    const found = node(change.remove)
    return found && removeNode(text, found)
  }
  if ('rename' in change) {
    const key = node(change.rename)?.parent?.children?.[0]
    return key && [{ offset: key.offset, length: key.length, text: JSON.stringify(change.to) }]
  }
  const items = node(change.insertAt.slice(0, -1))?.children ?? []
  const next = items[Number(change.insertAt.at(-1))]
  if (next) return [{ offset: next.offset, length: 0, text: `${written(change.item)}, ` }]
  const last = items.at(-1)
  return last && [{ offset: last.offset + last.length, length: 0, text: `, ${written(change.item)}` }]
}

/** One edit, as short as it can be. */
function difference(before: string, after: string): TextEdit {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let end = 0
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++
  return { offset: start, length: before.length - end - start, text: after.slice(start, after.length - end) }
}
