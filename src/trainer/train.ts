import { hostname } from 'node:os'
import { HumanError } from '../HumanError'
import type { Help } from '../HumanError'
import type { EventPayload, InputGauges, RunStateName } from '../protocol/events'
import { EventLog } from './EventLog'
import { RunFolder } from './RunFolder'
import { Server } from './Server'
import { Ended, Session } from './Session'
import type { Telling } from './Session'
import { deviceSampler } from './device'
import { prepare } from './prepare'
import type { Prepared } from './prepare'
import { Progress } from './Progress'

const deviceEveryMs = 5000

/** Trains a run, from its last checkpoint if it has one, until it ends or `stop` is called through `onStop`. */
export async function train(folder: string, onStop: (stop: () => void) => void): Promise<void> {
  const run = new RunFolder(folder)
  const log = new EventLog(run.file('events'))
  const progress = new Progress(run.progress)
  const out: Telling = {
    tell(event: EventPayload) {
      log.append(event)
      progress.take(event)
      if (event.type === 'checkpoint') run.note({ progress: progress.current })
    },
    state(state: RunStateName, reason: string, help?: Help) {
      log.append({ type: 'state', state, reason, ...(help && { help }) })
      run.note({ state, reason, progress: progress.current })
    },
  }
  const session = new Session(out)
  const server = new Server({ run: run.id, log, session, onBug: (error) => console.error(error) })
  onStop(() => void session.stop({ checkpoint: true }).catch(() => undefined))
  let sampling: NodeJS.Timeout | undefined
  let prepared: Prepared | undefined
  try {
    run.update({
      pid: process.pid,
      host: hostname(),
      port: undefined,
      state: 'starting',
      reason: 'opening its port',
    })
    run.update({ port: await server.listen(), token: server.token })
    out.state('starting', 'loading TensorFlow')
    sampling = sampleDevice(out, () => prepared?.input())
    prepared = await prepare({ run, session, tell: out.tell })
    await session.run(prepared.training)
  } catch (error) {
    if (!(error instanceof Ended)) fail(session, error)
  } finally {
    clearInterval(sampling)
    await prepared?.dispose()
    await server.close()
    log.close()
  }
}

function fail(session: Session, error: unknown): void {
  console.error(error)
  const reason =
    error instanceof HumanError
      ? error.message
      : `The trainer met an error of its own: ${error instanceof Error ? error.message : String(error)}. trainer.log has its stack.`
  session.fail(reason, error instanceof HumanError ? error.help : undefined)
}

function sampleDevice(out: Telling, input: () => InputGauges | undefined): NodeJS.Timeout {
  const sampler = deviceSampler(process.env['CUDA_VISIBLE_DEVICES'], input)
  let busy = false
  return setInterval(() => {
    if (busy) return
    busy = true
    sampler
      .sample()
      .then(out.tell, (error: unknown) => console.error(error))
      .finally(() => (busy = false))
  }, deviceEveryMs)
}
