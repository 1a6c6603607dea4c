import { availableParallelism } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { HumanError } from '../HumanError'
import { loadConfig } from '../config/load'
import { checkDataset } from '../data/check/checkDataset'
import type { CheckProgress } from '../data/check/checkDataset'
import { indexFile } from '../data/check/CheckIndex'
import { datasetReport } from '../data/check/datasetReport'
import { progressWords, stoppedWords } from '../data/check/progressWords'
import { reportText } from '../data/check/reportText'
import { readDataset } from '../data/dataset'
import { findFfmpeg } from '../runtime/ffmpeg'
import { runtimeFolder } from '../runtime/folder'
import { LiveLine } from './LiveLine'

const options = {
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  ffmpeg: { type: 'string' },
} as const

const interrupted = 130

/**
 * `multigrid data FILE [--quick] [--json] [--ffmpeg PATH]`: reads every clip of a schedule before it is trained.
 * 0 when all can be read and every epoch has a step, else 1. Ctrl-C keeps what was read.
 */
export async function data(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [file] = positionals
  if (file === undefined) throw new HumanError('Which schedule? multigrid data FILE.multigrid.json')
  const schedule = path.resolve(file)
  const { config } = loadConfig(schedule)
  const ffmpeg = await findFfmpeg({
    setting: values.ffmpeg ?? process.env['MULTIGRID_FFMPEG'],
    env: process.env,
    runtimeFolder: runtimeFolder(),
  })
  const dataset = await readDataset(config.data)
  const line = new LiveLine(process.stderr)
  const abort = new AbortController()
  const stop = (): void => abort.abort()
  let now: CheckProgress | undefined
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    const checked = await checkDataset({
      dataset,
      ffmpeg: ffmpeg.path,
      workers: config.data.workers === 'auto' ? availableParallelism() : config.data.workers,
      index: indexFile(schedule),
      quick: values.quick,
      signal: abort.signal,
      onProgress: (progress) => {
        now = progress
        if (progress.share < 1) line.draw(progressWords(progress))
      },
    })
    line.clear()
    const report = datasetReport({ dataset, checked, config })
    const { stdout } = process
    const how = {
      color: stdout.isTTY && !process.env['NO_COLOR'],
      width: stdout.isTTY ? stdout.columns : 100,
    }
    stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report, how))
    return report.fine ? 0 : 1
  } catch (error) {
    line.clear()
    if (!abort.signal.aborted) throw error
    process.stderr.write(`${stoppedWords(now)} The same command goes on from there.\n`)
    return interrupted
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}
