import { createScanner, findNodeAtLocation, modify, parseTree } from 'jsonc-parser'
import type { Node } from 'jsonc-parser'
import type { TextEdit } from './TextEdit'

type Path = readonly (string | number)[]

/**
 * The edits that set the value at `path`. What is there is replaced in place; a new key gets a line of its own where
 * its neighbours have one. Comments stay where they are. Undefined where something on the way is no object.
 */
export function setValue(text: string, path: Path, value: unknown): TextEdit[] | undefined {
  const tree = parseTree(text, [], { allowTrailingComma: true })
  if (!tree) return undefined
  if (findNodeAtLocation(tree, [...path])) return replaced(text, path, value)
  for (let length = path.length - 1; length >= 0; length--) {
    const parent = length === 0 ? tree : findNodeAtLocation(tree, path.slice(0, length))
    if (!parent) continue
    const [key, ...inside] = path.slice(length)
    if (parent.type !== 'object' || typeof key !== 'string') return undefined
    const nested = inside.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)
    return inserted(text, parent, `${JSON.stringify(key)}: ${written(nested)}`)
  }
  return undefined
}

/** The edits that take a property or an item of a list away, with its comma, and with its line where nothing else is on it. */
export function removeNode(text: string, node: Node): TextEdit[] {
  const whole = node.parent?.type === 'property' ? node.parent : node
  const siblings = whole.parent?.children ?? []
  const end = whole.offset + whole.length
  const comma = commaAfter(text, end)
  if (comma !== undefined) {
    if (text.slice(end, comma).trim() === '') return [erased(text, whole.offset, comma + 1)]
    return [erased(text, whole.offset, end), { offset: comma, length: 1, text: '' }]
  }
  const before = siblings[siblings.indexOf(whole) - 1]
  const commaBefore = before && commaAfter(text, before.offset + before.length)
  const gone = erased(text, whole.offset, end)
  if (commaBefore === undefined) return [gone]
  if (text.slice(commaBefore + 1, gone.offset).trim() !== '')
    return [{ offset: commaBefore, length: 1, text: '' }, gone]
  return [{ offset: commaBefore, length: gone.offset + gone.length - commaBefore, text: '' }]
}

/** A value as a person writes it: one line, with blanks. */
export function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}: ${written(inner)}`)
    .join(', ')} }`
}

function replaced(text: string, path: Path, value: unknown): TextEdit[] {
  return modify(text, [...path], value, {}).map(({ offset, length }) => {
    return { offset, length, text: written(value) }
  })
}

function inserted(text: string, parent: Node, property: string): TextEdit[] {
  const last = parent.children?.at(-1)
  const inside = parent.offset + 1
  if (!last) {
    const blank = text.slice(inside, parent.offset + parent.length - 1).trim() === ''
    return blank
      ? [{ offset: inside, length: parent.length - 2, text: ` ${property} ` }]
      : [{ offset: inside, length: 0, text: ` ${property}` }]
  }
  const end = last.offset + last.length
  const trailing = commaAfter(text, end)
  const indent = /(?:^|\n)([ \t]*)$/.exec(text.slice(0, last.offset))?.[1]
  if (indent === undefined) {
    return trailing === undefined
      ? [{ offset: end, length: 0, text: `, ${property}` }]
      : [{ offset: trailing + 1, length: 0, text: ` ${property},` }]
  }
  const newLine = text.includes('\r\n') ? '\r\n' : '\n'
  const after = trailing === undefined ? end : trailing + 1
  const remark = /^[ \t]*\/(?:\/[^\r\n]*|\*[^\r\n]*?\*\/)/.exec(text.slice(after))?.[0] ?? ''
  const line = `${newLine}${indent}${property}${trailing === undefined ? '' : ','}`
  if (trailing !== undefined) return [{ offset: after + remark.length, length: 0, text: line }]
  if (remark === '') return [{ offset: end, length: 0, text: `,${line}` }]
  return [
    { offset: end, length: 0, text: ',' },
    { offset: end + remark.length, length: 0, text: line },
  ]
}

/** From `start` to `end`, the blanks after it, and its line where nothing else is on it. */
function erased(text: string, start: number, end: number): TextEdit {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const alone =
    text.slice(lineStart, start).trim() === '' && /^[ \t]*(?:\r?\n|$)/.test(text.slice(end)) && lineStart > 0
  const blanks = /^[ \t]*/.exec(text.slice(end))![0].length
  if (!alone) return { offset: start, length: end - start + (text[end - 1] === ',' ? blanks : 0), text: '' }
  const from = text[lineStart - 2] === '\r' ? lineStart - 2 : lineStart - 1
  return { offset: from, length: end + blanks - from, text: '' }
}

function commaAfter(text: string, offset: number): number | undefined {
  const scanner = createScanner(text, true)
  scanner.setPosition(offset)
  scanner.scan()
  const next = scanner.getTokenOffset()
  return text[next] === ',' ? next : undefined
}
