import type { TextEdit } from './TextEdit'

/** The text with these edits made in it. */
export function applied(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .sort((a, b) => b.offset - a.offset)
    .reduce(
      (edited, { offset, length, text: put }) =>
        edited.slice(0, offset) + put + edited.slice(offset + length),
      text,
    )
}
