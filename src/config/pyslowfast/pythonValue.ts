/**
 * A value as PySlowFast's loader understands it: text that is a Python number, tuple or list becomes one, and so does
 * text inside lists; `0.5 ** 0.5` is a number. Anything else stays as it is. Never evaluates code.
 */
export function pythonValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pythonValue)
  return typeof value === 'string' ? literal(value) : value
}

const longest = 1000
const deepest = 8
const number = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i

function literal(text: string): unknown {
  if (text.length > longest) return text
  if (/^\s*True\s*$/.test(text)) return true
  if (/^\s*False\s*$/.test(text)) return false
  if (/^\s*None\s*$/.test(text)) return null
  const reader = new Reader(text)
  const value = reader.value(0)
  return value !== undefined && reader.atEnd ? value : text
}

/** Numbers with `**`, `*` and `/`, and sequences of them. */
class Reader {
  private rest: string

  constructor(text: string) {
    this.rest = text.trimStart()
  }

  get atEnd(): boolean {
    return this.rest === ''
  }

  value(depth: number): unknown {
    if (this.take(/^\[/) !== undefined) return this.sequence(/^\]/, depth + 1)
    const before = this.rest
    const number = this.product(depth)
    if (number !== undefined) return number
    this.rest = before
    return this.take(/^\(/) === undefined ? undefined : this.sequence(/^\)/, depth + 1)
  }

  private sequence(end: RegExp, depth: number): unknown[] | undefined {
    const items: unknown[] = []
    if (depth > deepest) return undefined
    while (this.take(end) === undefined) {
      const item = this.value(depth)
      if (item === undefined) return undefined
      items.push(item)
      if (this.take(/^,/) === undefined) return this.take(end) === undefined ? undefined : items
    }
    return items
  }

  private product(depth: number): number | undefined {
    let result = this.signed(depth)
    for (;;) {
      const sign = this.take(/^(?:\*(?!\*)|\/)/)
      if (sign === undefined || result === undefined) return result
      const next = this.signed(depth)
      if (next === undefined) return undefined
      result = sign === '*' ? result * next : result / next
    }
  }

  /** A sign is weaker than the power after it: -2 ** 2 is -4. */
  private signed(depth: number): number | undefined {
    const sign = this.take(/^[+-]/)
    const value = this.power(depth)
    return sign === '-' && value !== undefined ? -value : value
  }

  private power(depth: number): number | undefined {
    const base = this.operand(depth)
    if (base === undefined || this.take(/^\*\*/) === undefined) return base
    const exponent = this.signed(depth)
    return exponent === undefined ? undefined : base ** exponent
  }

  private operand(depth: number): number | undefined {
    if (depth < deepest && this.take(/^\(/) !== undefined) {
      const inside = this.product(depth + 1)
      return inside !== undefined && this.take(/^\)/) !== undefined ? inside : undefined
    }
    const digits = this.take(number)
    return digits === undefined ? undefined : Number(digits)
  }

  private take(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.rest)?.[0]
    if (found !== undefined) this.rest = this.rest.slice(found.length).trimStart()
    return found
  }
}
