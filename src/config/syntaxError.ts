import type { ParseErrorCode } from 'jsonc-parser'

/** In the order of jsonc-parser's codes, which count from 1. */
const phrases = [
  'this is not a word of JSON: only true, false and null are, and text stands in double quotes',
  'this is not a number',
  'a key in double quotes is expected here',
  'a value is expected here',
  'a colon is expected here',
  'a comma is expected here',
  'a closing brace } is missing',
  'a closing bracket ] is missing',
  'the file should end here',
  'a comment is not allowed here',
  'this comment has no end',
  'this text has no closing quote',
  'this number has no end',
  '\\u must be followed by four hexadecimal digits',
  'this is not an escape: \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u are',
  'this character is not allowed in text; write it as an escape',
]

/** What is wrong where the parser stumbled. */
export function syntaxError(code: ParseErrorCode): string {
  return phrases[code - 1] ?? 'this is not JSON'
}
