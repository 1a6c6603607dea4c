import { HumanError } from '../HumanError'
import { keyPath } from '../schedule/checkSettings'
import { doubts } from './doubts'
import { judge } from './judge'
import { linesOf } from './lines'
import type { Problem } from './problem'
import { readSchedule } from './readSchedule'
import type { Config } from './schema'

export type { Problem } from './problem'

/** With a config, the problems are warnings; without one, errors are among them. */
export type Parsed =
  | { readonly config: Config; readonly problems: readonly Problem[] }
  | { readonly config?: undefined; readonly problems: readonly Problem[] }

const mostProblems = 100

/** A schedule file's text (JSON with comments) as a config, or everything that is wrong with it. Never throws. */
export function parseConfig(text: string, { name = 'training' } = {}): Parsed {
  const positionOf = linesOf(text)
  const { config, found } = readSchedule(text, { name })
  const problems = found.map(({ path, offset, message, severity }): Problem => {
    return { path: keyPath(path), ...positionOf(offset), message, severity }
  })
  return config ? { config, problems } : { problems: capped(problems) }
}

/** A config that has crossed a process boundary; a HumanError with everything that is wrong with it. */
export function decodeConfig(value: unknown): Config {
  const { config, faults } = judge(value, 'training')
  if (config) return config
  throw new HumanError(
    faults
      .slice(0, mostProblems)
      .map(({ path, message }) => `${keyPath(path) || 'The schedule'} ${message}.`)
      .join('\n'),
  )
}

/** What is legal but probably not meant, as sentences. */
export function warnings(config: Config): string[] {
  return doubts(config).map(({ path, message }) => `${keyPath(path)} ${message}.`)
}

function capped(problems: Problem[]): Problem[] {
  if (problems.length <= mostProblems) return problems
  const last = problems[mostProblems - 1]!
  const more = problems.length - mostProblems + 1
  return [
    ...problems.slice(0, mostProblems - 1),
    { ...last, path: '', message: `and ${more} more problems from here on` },
  ]
}
