import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { HumanError } from '../HumanError'
import { footageName } from '../data/footage'
import { showBatch } from '../data/showBatch'
import { batchPlace } from '../run/batchPlace'
import { findFfmpeg } from '../runtime/ffmpeg'
import { runtimeFolder } from '../runtime/folder'
import { findRun } from './findRun'

const options = {
  iteration: { type: 'string' },
  output: { type: 'string', short: 'o', default: 'batch.png' },
} as const

/** `multigrid batch [RUN] [--iteration N] [-o OUT.png]` */
export async function batch(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const iteration = values.iteration === undefined ? undefined : Number(values.iteration)
  if (iteration !== undefined && !(Number.isSafeInteger(iteration) && /^\d+$/.test(values.iteration ?? ''))) {
    throw new HumanError(`--iteration takes the number of an iteration, not "${values.iteration}".`)
  }
  const run = findRun(positionals[0])
  const place = await batchPlace(run.folder, iteration)
  const ffmpeg = await findFfmpeg({
    setting: process.env['MULTIGRID_FFMPEG'],
    env: process.env,
    runtimeFolder: runtimeFolder(),
  })
  const shown = await showBatch({
    ...place,
    ffmpeg: ffmpeg.path,
    signal: new AbortController().signal,
  })
  await writeFile(values.output, shown.png).catch((error: unknown) => {
    throw new HumanError(
      `${values.output} cannot be written (${(error as NodeJS.ErrnoException).code ?? ''}).`,
    )
  })
  const { shape, clips } = shown
  process.stdout.write(
    `${values.output}: iteration ${place.iteration}, ${shape.batch} × ${shape.frames} × ${shape.size}²\n`,
  )
  clips.forEach(({ footage, classes, inPlaceOf }, row) => {
    const instead = inPlaceOf ? ` (in place of ${footageName(inPlaceOf)}, which cannot be read)` : ''
    process.stdout.write(
      `${String(row + 1).padStart(4)}  ${classes.join(', ')}  ${footageName(footage)}${instead}\n`,
    )
  })
  if (clips.length < shape.batch) process.stdout.write(`      and ${shape.batch - clips.length} more\n`)
  return 0
}
