import { parseTree } from 'jsonc-parser'

/** The characters that a schedule's lenses stand over: the key `multigrid`, else the beginning of the file. */
export function lensPlace(text: string): { offset: number; length: number } {
  const properties = parseTree(text, [], { allowTrailingComma: true })?.children ?? []
  const key = properties.map(({ children }) => children?.[0]).find((node) => node?.value === 'multigrid')
  return key ? { offset: key.offset, length: key.length } : { offset: 0, length: 0 }
}
