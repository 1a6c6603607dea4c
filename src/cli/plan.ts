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
import { clipsSeen } from '../schedule/iterations'
import { stepSeconds } from '../schedule/stepSeconds'
import type { TimedShape } from '../schedule/stepSeconds'
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
  seconds: { type: 'string', multiple: true, default: [] as string[] },
  pyslowfast: { type: 'boolean', default: false },
} as const

/**
 * `multigrid plan FILE [--json] [--clips N] [--run RUN] [--seconds SHAPE=S]... [--set KEY=VALUE]...`: what a schedule will
 * do. With `--run` or `--seconds`, how long it takes; with `--set`, beside the same schedule with those settings.
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
  const work = { cost: stepWork(config), unit: 'multiply-adds' }
  const measured = values.run === undefined ? undefined : await measuredIn(values.run, work.cost)
  const given = clipsOf(values.clips) ?? measured?.clips
  const clips = given === undefined ? undefined : clipsSeen(given, config.engine.devices)
  const supplied = values.seconds.map(timedShape)
  const seconds = supplied.length > 0 ? stepSeconds(supplied, work.cost) : measured?.seconds
  const known = { ...(clips !== undefined && { clips }), ...(seconds && { seconds }) }
  if (values.json) {
    process.stdout.write(`${JSON.stringify(planJson(config, makePlan(config), known), null, 2)}\n`)
    return 0
  }
  const { stdout } = process
  const shown = {
    color: stdout.isTTY && !process.env['NO_COLOR'],
    width: stdout.isTTY ? stdout.columns : 100,
    work,
    ...known,
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

/** `4x16x64=0.15`: clips × frames × size, and the seconds of a step of them. */
function timedShape(text: string): TimedShape {
  const [, batch, frames, size, seconds] = /^(\d+)x(\d+)x(\d+)=(\d*\.?\d+)$/.exec(text) ?? []
  const shape = { batch: Number(batch), frames: Number(frames), size: Number(size) }
  if (Object.values(shape).every((side) => side > 0) && Number(seconds) > 0) {
    return { shape, seconds: Number(seconds) }
  }
  throw new HumanError(`--seconds takes CLIPSxFRAMESxSIZE=SECONDS, like 4x16x64=0.15, not "${text}".`)
}

function clipsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const clips = Number(text)
  if (Number.isSafeInteger(clips) && clips > 0) return clips
  throw new HumanError(`--clips takes the number of training clips, not "${text}".`)
}
