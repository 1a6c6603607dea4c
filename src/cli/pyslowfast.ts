import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { HumanError } from '../HumanError'
import { loadConfig } from '../config/load'
import { warnings } from '../config/parse'
import { loadPySlowFast } from '../config/pyslowfast/load'
import { exportPySlowFast } from '../config/pyslowfast/write'

/** `multigrid import CONFIG.yaml [--output FILE]`: a PySlowFast config as a commented schedule file. */
export function importConfig(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { output: { type: 'string', short: 'o' } },
    allowPositionals: true,
  })
  const [file] = positionals
  if (file === undefined) throw new HumanError('Which config? multigrid import CONFIG.yaml')
  const { config, text, ignored } = loadPySlowFast(path.resolve(file))
  tellIgnored(ignored)
  for (const warning of warnings(config)) process.stderr.write(`warning: ${warning}\n`)
  if (values.output === undefined) process.stdout.write(text)
  else {
    try {
      writeFileSync(values.output, text, { flag: 'wx' })
    } catch (error) {
      const exists = (error as NodeJS.ErrnoException).code === 'EEXIST'
      throw new HumanError(
        exists
          ? `${values.output} exists already. Choose another name.`
          : `${values.output} cannot be written: ${(error as Error).message}.`,
      )
    }
  }
  return Promise.resolve(0)
}

/** `multigrid export FILE --pyslowfast`: a schedule as a PySlowFast config. */
export function exportConfig(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { pyslowfast: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [file] = positionals
  if (file === undefined || !values.pyslowfast) {
    throw new HumanError('What, and as what? multigrid export FILE.multigrid.json --pyslowfast')
  }
  const { text, left } = exportPySlowFast(loadConfig(path.resolve(file)).config)
  for (const one of left) process.stderr.write(`left out, PySlowFast has no place for it: ${one}\n`)
  process.stdout.write(text)
  return Promise.resolve(0)
}

/** One line for all: what an import passes over is rarely news. */
export function tellIgnored(ignored: readonly string[]): void {
  if (ignored.length > 0) process.stderr.write(`ignored: ${ignored.join(', ')}\n`)
}
