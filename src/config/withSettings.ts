import { applyEdits, modify } from 'jsonc-parser'
import { HumanError } from '../HumanError'

/**
 * A schedule file's text with `assignments` made in it, each `multigrid.epochFactor=1`: keys of the file joined by dots
 * (or list places by their number), and a value as JSON, or bare text. Throws HumanError when one cannot be read.
 */
export function withSettings(text: string, assignments: readonly string[]): string {
  return assignments.reduce((edited, assignment) => {
    const { path, value } = read(assignment)
    try {
      return applyEdits(edited, modify(edited, path, value, { formattingOptions: { insertSpaces: true } }))
    } catch {
      throw new HumanError(
        `"${assignment}" has no place in the schedule: ${path.slice(0, -1).join('.')} is no object.`,
      )
    }
  }, text)
}

function read(assignment: string): { path: (string | number)[]; value: unknown } {
  const [, key, text] = /^([^=]+)=(.*)$/s.exec(assignment) ?? []
  if (key === undefined || text === undefined) {
    throw new HumanError(`"${assignment}" sets nothing: write KEY=VALUE, like multigrid.epochFactor=1.`)
  }
  const path = key.split('.').map((part) => (/^\d{1,9}$/.test(part) ? Number(part) : part))
  return { path, value: valueOf(text) }
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
