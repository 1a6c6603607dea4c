import type { View } from './scale'

/** What was looked at when the page was last open; all of it when that cannot be told. */
export function readView(saved: unknown): View {
  const { at, span, range } = fields(saved)
  if (at === 'follow' && isSpan(span)) return { at, span }
  const { start, end } = fields(range)
  if (at === 'free' && typeof start === 'number' && typeof end === 'number' && isSpan(end - start)) {
    return { at, range: { start, end } }
  }
  return { at: 'fit' }
}

const fields = (value: unknown): Partial<Record<string, unknown>> =>
  typeof value === 'object' && value ? value : {}

const isSpan = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0
