import { readdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { HumanError } from '../HumanError'
import { diagnose } from '../runtime/doctor'
import { doctorReport } from '../runtime/doctorReport'
import type { Remedy } from '../runtime/findings/Finding'
import { runtimeFolder } from '../runtime/folder'
import { ensureRuntime, preferences } from '../runtime/install'
import { installPlan } from '../runtime/installPlan'
import { runProgram } from '../runtime/runProgram'

const advice: Readonly<Partial<Record<Remedy, string>>> = {
  installRuntime: 'multigrid doctor --install --force',
  newSchedule: 'multigrid import CONFIG.yaml makes one of a PySlowFast config.',
}

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
    workspace: {
      trusted: true,
      folders: [process.cwd()],
      schedules: async () =>
        (await readdir(process.cwd())).filter((name) => name.endsWith('.multigrid.json')),
    },
  })
  process.stdout.write(doctorReport(findings, advice))
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
