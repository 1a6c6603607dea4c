import path from 'node:path'
import { parseArgs } from 'node:util'
import { HumanError } from '../HumanError'
import { loadConfig } from '../config/load'
import { AttachedRun } from '../run/AttachedRun'
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

/** `multigrid resume RUN` */
export async function resume(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
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
): Promise<number> {
  const command = await trainerCommand({ node, ffmpeg, gpu })
  if (detach) {
    await run.start(command)
    run.dispose()
    return 0
  }
  return follow(run, () => run.start(command))
}
