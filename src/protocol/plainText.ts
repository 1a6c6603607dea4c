const longest = 4000

/** Control characters (a terminal acts on them) and marks that reorder what follows; line breaks stay. */
const active = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** Words of a file or of another process as a person may be shown them: only text, and no longer than anyone reads. */
export function plainText(text: string): string {
  return onlyText(text.length > longest ? `${text.slice(0, longest)}…` : text)
}

/** The same at any length. */
export function onlyText(text: string): string {
  return text.replace(active, '\uFFFD')
}
