import os from 'node:os'
import { findingNames } from './findings/Finding'
import type { Finding, Remedy } from './findings/Finding'

const marks = { ok: '✓', warning: '!', missing: '✗' } as const
const indent = ' '.repeat(14)

/** The findings as text, what is not ok with its meaning; `advice` says what to do about one, where the reader can. */
export function doctorReport(
  findings: readonly Finding[],
  advice: Readonly<Partial<Record<Remedy, string>>> = {},
): string {
  return findings
    .flatMap(({ id, status, detail, meaning, remedies }) => {
      const head = `${marks[status]} ${findingNames[id].padEnd(12)}${detail}`
      if (status === 'ok') return [head]
      const told = remedies.flatMap((remedy) => advice[remedy] ?? [])
      return [head, ...[meaning, ...told].map((line) => `${indent}${line}`)]
    })
    .map((line) => `${line}\n`)
    .join('')
}

const secrets = [
  // Of an address: user:password@
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1…@'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 …'],
  [/\b((?:[\w-]*(?:token|password|passwd|secret|api[-_]?key|_auth))["']?\s*[=:]\s*["']?)[^\s"'&]+/gi, '$1…'],
  [/\b(?:npm_|gh[pousr]_|github_pat_|hf_|pypi-)\w{8,}/g, '…'],
] as const

/** Text that may be shown to others: without what looks like a password or token, the home folder as `~`. */
export function withoutSecrets(text: string, home: string = os.homedir()): string {
  const plain = secrets.reduce((so, [pattern, by]) => so.replace(pattern, by), text)
  return home.length > 1 ? plain.replaceAll(home, '~') : plain
}
