import { parseArgs } from 'node:util'
import { HumanError } from '../HumanError'
import { diagnose } from '../runtime/doctor'
import type { Finding } from '../runtime/doctor'
import { runtimeFolder } from '../runtime/folder'
import { ensureRuntime, preferences } from '../runtime/install'
import { installPlan } from '../runtime/installPlan'
import { runProgram } from '../runtime/runProgram'

const marks = { ok: '✓', warn: '!', missing: '✗' } as const

/** `multigrid doctor [--install] [--prefer BACKEND] [--force]`: 0 when nothing is missing, else 1. */
export async function doctor(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      install: { type: 'boolean' },
      prefer: { type: 'string', default: 'auto' },
      force: { type: 'boolean', default: false },
    },
  })
  const prefer = preferences.find((each) => each === values.prefer)
  if (!prefer) throw new HumanError(`--prefer takes one of: ${preferences.join(', ')}.`)
  if (values.install) await install({ prefer, force: values.force })
  const findings = await diagnose({
    runtimeFolder: runtimeFolder(),
    env: process.env,
    execPath: process.execPath,
    isElectron: 'electron' in process.versions,
  })
  for (const finding of findings) process.stdout.write(lines(finding))
  return findings.some(({ status }) => status === 'missing') ? 1 : 0
}

async function install(how: { prefer: (typeof preferences)[number]; force: boolean }): Promise<void> {
  const abort = new AbortController()
  const cancel = (): void => abort.abort()
  process.once('SIGINT', cancel).once('SIGTERM', cancel)
  try {
    const plan = await installPlan({ prefer: how.prefer, env: process.env, run: runProgram })
    process.stdout.write(`Installing TensorFlow for you into ${runtimeFolder()}:\n`)
    for (const line of plan) process.stdout.write(`  ${line}\n`)
    await ensureRuntime({
      ...how,
      folder: runtimeFolder(),
      signal: abort.signal,
      log: (line) => process.stdout.write(`${line}\n`),
    })
  } finally {
    process.off('SIGINT', cancel).off('SIGTERM', cancel)
  }
}

function lines({ name, status, detail, fix }: Finding): string {
  return `${marks[status]} ${name.padEnd(12)}${detail}\n${fix === undefined ? '' : `${' '.repeat(14)}${fix}\n`}`
}
