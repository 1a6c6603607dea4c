import path from 'node:path'
import { parseArgs } from 'node:util'
import { HumanError } from '../HumanError'
import { loadConfig } from '../config/load'
import type { Config } from '../config/schema'
import { AttachedRun } from '../run/AttachedRun'
import { applyWhenTraining, editedSchedule, takeReading } from '../run/editedSchedule'
import { createRun } from '../run/runFolders'
import { trainerCommand } from '../run/trainerCommand'
import { findRun } from './findRun'
import { follow } from './follow'

const options = {
  node: { type: 'string' },
  ffmpeg: { type: 'string' },
  gpu: { type: 'string' },
  detach: { type: 'boolean', default: false },
} as const

const resumeOptions = { ...options, 'with-changes': { type: 'boolean', default: false } } as const

/** `multigrid train FILE`: the trainer is a process of its own; this one watches it, and can leave it. */
export async function train(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [file] = positionals
  if (file === undefined) throw new HumanError('Which schedule? multigrid train FILE.multigrid.json')
  const schedule = path.resolve(file)
  const { config, problems } = loadConfig(schedule)
  for (const { path: key, message } of problems) process.stderr.write(`warning: ${key}: ${message}\n`)
  const run = new AttachedRun(createRun({ schedule, config }))
  process.stdout.write(`${run.folder}\n`)
  return start(run, values)
}

/** `multigrid resume RUN [--with-changes]`: by the schedule as the run was started, unless its changes are asked for. */
export async function resume(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: resumeOptions, allowPositionals: true })
  const known = findRun(positionals[0])
  if (known.record.state === 'finished') {
    throw new HumanError(
      `"${known.record.id}" has finished: all its epochs are trained. Start a new run instead.`,
    )
  }
  const run = new AttachedRun(known)
  await run.open()
  if (run.isLive) {
    await run.api.resume({})
    return follow(run)
  }
  const edited = editedSchedule(known)
  if (!edited) return start(run, values)
  process.stderr.write(
    `The schedule has changed since this run was started:\n${edited.changes.map((change) => `  ${change}\n`).join('')}`,
  )
  if (values['with-changes']) return start(run, values, edited.config)
  process.stderr.write('The run goes on as it was started; --with-changes takes them from the next epoch.\n')
  return start(run, values)
}

async function start(
  run: AttachedRun,
  {
    node,
    ffmpeg,
    gpu,
    detach,
  }: { node?: string | undefined; ffmpeg?: string | undefined; gpu?: string | undefined; detach: boolean },
  edit?: Config,
): Promise<number> {
  const command = await trainerCommand({ node, ffmpeg, gpu })
  const begin = async (): Promise<void> => {
    if (edit) takeReading(run.folder, edit)
    await run.start(command)
    if (edit) await applyWhenTraining(run, edit)
  }
  if (detach) {
    await begin()
    run.dispose()
    return 0
  }
  return follow(run, begin)
}
