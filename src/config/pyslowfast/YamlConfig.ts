import { isAlias, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import type { Document, YAMLMap } from 'yaml'
import type { Problem } from '../problem'
import { pythonValue } from './pythonValue'

const largest = 1_000_000
/** Lines and marks of YAML: real configs have a few hundred, and the parser's work grows with them. */
const mostMarks = 20_000
const mostAliases = 50
const mostProblems = 100
const longestName = 100

/** The keys of a PySlowFast YAML by their dotted names; text that is no such thing has problems. Never throws. */
export class YamlConfig {
  private readonly found: Problem[] = []
  private readonly lines = new LineCounter()
  private readonly document: Document
  /** Node of each key that is no section, and of each section. */
  private readonly leaves = new Map<string, unknown>()
  private readonly sections = new Map<string, unknown>()

  /** `known` are the names that will be asked for. */
  constructor(
    text: string,
    private readonly known: ReadonlySet<string>,
  ) {
    const reason = unreadable(text)
    this.document = parseDocument(reason === undefined ? text : '', {
      version: '1.1', // PyYAML's
      uniqueKeys: false, // takes the square of their number; see `walk`
      lineCounter: this.lines,
      prettyErrors: false,
      logLevel: 'silent',
    })
    if (reason !== undefined) this.fault('', reason)
    for (const { message, pos } of this.document.errors.slice(0, mostProblems)) {
      const why = message.includes('call stack') ? 'its brackets or lists nest too deep' : message
      this.add('', pos[0], `is no YAML: ${why}`)
    }
    const { contents } = this.document
    if (this.found.length > 0 || contents === null) return
    if (isMap(contents)) this.walk(contents, '')
    else this.fault('', 'must be a config of sections, like "MULTIGRID: { LONG_CYCLE: True }"')
  }

  get problems(): readonly Problem[] {
    return this.found
  }

  /** Names in the order of the text. */
  get names(): readonly string[] {
    return [...this.leaves.keys()]
  }

  has(name: string): boolean {
    return this.leaves.has(name)
  }

  /** A value as Python reads it, null for None; undefined where there is none that can be read, a problem if there is one. */
  value(name: string): unknown {
    if (!this.leaves.has(name)) return undefined
    const node = this.leaves.get(name)
    if (isMap(node)) {
      this.fault(name, 'must be a value, not a section')
      return undefined
    }
    try {
      return isNode(node) ? pythonValue(node.toJS(this.document, { maxAliasCount: mostAliases })) : node
    } catch {
      this.fault(name, 'repeats itself without end, or more often than a value can')
      return undefined
    }
  }

  /** Says what is wrong with a key, once, at its place or that of its section. */
  fault(name: string, message: string): void {
    if (this.found.some(({ path }) => path === name)) return
    this.add(name, this.offsetOf(name), message)
  }

  private add(path: string, offset: number, message: string): void {
    const { line, col } = this.lines.linePos(offset)
    this.found.push({
      path,
      line: Math.max(1, line),
      column: Math.max(1, col),
      message,
      severity: 'error',
    })
  }

  private walk(map: YAMLMap, section: string): void {
    for (const { key, value } of map.items) {
      const name = `${section}${isScalar(key) ? printable(wordOf(key.value)) : 'a key that is no word'}`
      if (name.endsWith('<<') && (section === '' || this.holdsKnown(section))) {
        this.fault(name, 'is not read here: write out the keys that it merges')
      } else if (this.leaves.has(name) || this.sections.has(name)) {
        if (this.isKnown(name)) this.fault(name, 'is given twice')
      } else this.enter(name, value)
    }
  }

  private enter(name: string, value: unknown): void {
    const target = isAlias(value) && this.isKnown(name) ? value.resolve(this.document) : value
    if (isMap(target) && !this.known.has(name)) {
      this.sections.set(name, value)
      this.walk(target, `${name}.`)
    } else {
      this.leaves.set(name, target)
      if (this.holdsKnown(`${name}.`))
        this.fault(name, 'must be a section of keys; leave it out where it has none')
    }
  }

  private isKnown(name: string): boolean {
    return this.known.has(name) || this.holdsKnown(`${name}.`)
  }

  private holdsKnown(section: string): boolean {
    return [...this.known].some((name) => name.startsWith(section))
  }

  private offsetOf(name: string): number {
    const node = this.leaves.get(name) ?? this.sections.get(name)
    if (isNode(node)) return node.range?.[0] ?? 0
    const dot = name.lastIndexOf('.')
    return dot > 0 ? this.offsetOf(name.slice(0, dot)) : 0
  }
}

function unreadable(text: string): string | undefined {
  if (text.length > largest) return `has ${text.length} characters, which no config needs`
  const marks = text.match(/[\n\r,:?[\]{}&*!|>'"%-]/g)?.length ?? 0
  return marks > mostMarks ? `has ${marks} lines, brackets and other marks, which no config needs` : undefined
}

/** The key of a merge is a symbol. */
function wordOf(key: unknown): string {
  return typeof key === 'symbol' ? '<<' : String(key)
}

/** A name that cannot disturb a terminal or a log. */
function printable(name: string): string {
  const plain = name.replace(/\p{C}+/gu, ' ')
  return plain.length > longestName ? `${plain.slice(0, longestName)}…` : plain
}
