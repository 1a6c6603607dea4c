import path from 'node:path'
import { parseArgs } from 'node:util'
import { HumanError } from '../HumanError'
import { loadConfig, problemLine } from '../config/load'
import { describePlan } from '../schedule/describe'
import { makePlan } from '../schedule/plan'
import { planJson } from '../schedule/planJson'

/** `multigrid plan FILE [--json] [--clips N]` */
export function plan(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { json: { type: 'boolean', default: false }, clips: { type: 'string' } },
    allowPositionals: true,
  })
  const [file] = positionals
  if (file === undefined) throw new HumanError('Which schedule? multigrid plan FILE.multigrid.json')
  const clips = values.clips === undefined ? undefined : Number(values.clips)
  if (clips !== undefined && !(Number.isInteger(clips) && clips > 0)) {
    throw new HumanError(`--clips takes the number of training clips, not "${String(values.clips)}".`)
  }
  const { config, problems } = loadConfig(path.resolve(file))
  for (const problem of problems) process.stderr.write(`${problemLine(file, problem)}\n`)
  const made = makePlan(config)
  if (values.json) process.stdout.write(`${JSON.stringify(planJson(config, made), null, 2)}\n`)
  else {
    const { stdout } = process
    const width = stdout.isTTY ? stdout.columns : 100
    stdout.write(
      describePlan(made, config, {
        color: stdout.isTTY && !process.env['NO_COLOR'],
        width,
        ...(clips !== undefined && { clips }),
      }),
    )
  }
  return Promise.resolve(0)
}
