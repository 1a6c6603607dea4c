/** A name from a data file as one line of text that a terminal takes for nothing else. */
export function printable(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    if (character === '\n') return '\\n'
    return `\\u{${character.codePointAt(0)!.toString(16)}}`
  })
}
