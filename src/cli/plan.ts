import path from 'node:path'
import { parseArgs } from 'node:util'
import { HumanError } from '../HumanError'
import { loadText, problemLine, readScheduleFile } from '../config/load'
import { loadPySlowFast } from '../config/pyslowfast/load'
import { withSettings } from '../config/withSettings'
import { stepWork } from '../config/stepWork'
import { readEvents } from '../run/eventFile'
import { measuredSeconds } from '../run/measuredSeconds'
import type { Measured } from '../run/measuredSeconds'
import { comparePlans } from '../schedule/comparePlans'
import { describePlan } from '../schedule/describe'
import { makePlan } from '../schedule/plan'
import { planJson } from '../schedule/planJson'
import { findRun } from './findRun'
import { tellIgnored } from './pyslowfast'

const longestName = 40

const options = {
  json: { type: 'boolean', default: false },
  clips: { type: 'string' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  run: { type: 'string' },
  pyslowfast: { type: 'boolean', default: false },
} as const

/**
 * `multigrid plan FILE [--json] [--clips N] [--run RUN] [--set KEY=VALUE]...`: what a schedule will do. With `--run`,
 * how long it takes on the machine of that run; with `--set`, beside the same schedule with those settings.
 */
export async function plan(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [file] = positionals
  if (file === undefined) throw new HumanError('Which schedule? multigrid plan FILE.multigrid.json')
  const text = values.pyslowfast ? imported(file) : readScheduleFile(path.resolve(file))
  const written = loadText(path.resolve(file), text)
  const changed =
    values.set.length > 0 ? loadText(path.resolve(file), withSettings(text, values.set)) : undefined
  const { config, problems } = changed ?? written
  // The places are those of the imported text, which nobody sees.
  const told = values.pyslowfast
    ? problems.map(({ path: key, message }) => `warning: ${key} ${message}`)
    : problems.map((problem) => problemLine(file, problem))
  for (const line of told) process.stderr.write(`${line}\n`)
  if (values.json) {
    process.stdout.write(`${JSON.stringify(planJson(config, makePlan(config)), null, 2)}\n`)
    return 0
  }
  const work = { cost: stepWork(config), unit: 'multiply-adds' }
  const measured = values.run === undefined ? undefined : await measuredIn(values.run, work.cost)
  const clips = clipsOf(values.clips) ?? measured?.clips
  const { stdout } = process
  const shown = {
    color: stdout.isTTY && !process.env['NO_COLOR'],
    width: stdout.isTTY ? stdout.columns : 100,
    work,
    ...(clips !== undefined && { clips }),
    ...(measured && { seconds: measured.seconds }),
  }
  if (changed) {
    const compared = [
      { name: 'as written', settings: written.config },
      { name: columnName(values.set), settings: changed.config },
    ]
    stdout.write(`${comparePlans(compared, shown)}\n`)
  }
  stdout.write(describePlan(makePlan(config), config, shown))
  return 0
}

function imported(file: string): string {
  const { text, ignored } = loadPySlowFast(path.resolve(file))
  tellIgnored(ignored)
  return text
}

function columnName(settings: readonly string[]): string {
  const all = settings.join(', ')
  return all.length <= longestName ? all : 'with the settings'
}

async function measuredIn(name: string, work: Parameters<typeof measuredSeconds>[1]): Promise<Measured> {
  const run = findRun(name)
  const measured = await measuredSeconds(readEvents(run.folder), work)
  if (!measured) {
    throw new HumanError(
      `"${run.record.id}" has not timed its shapes yet: wait until it trains, or name another run.`,
    )
  }
  return measured
}

function clipsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const clips = Number(text)
  if (Number.isSafeInteger(clips) && clips > 0) return clips
  throw new HumanError(`--clips takes the number of training clips, not "${text}".`)
}
