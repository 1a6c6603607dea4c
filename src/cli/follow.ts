import path from 'node:path'
import type { AttachedRun } from '../run/AttachedRun'
import { EventTeller } from '../run/EventTeller'
import { duration, inputBoundWords, percent, rate, shapeWords, stateWord } from '../run/words'
import { LiveLine } from './LiveLine'

const redrawMs = 200
const keys = 'p pause · r resume · c checkpoint · s stop · d detach'

/**
 * Prints a run's events as they come, with a progress bar under them, until it ends; resolves with an exit code.
 * In a terminal, keys steer it and Ctrl-C stops it with a checkpoint; a second Ctrl-C leaves it alone.
 */
export async function follow(run: AttachedRun, begin?: () => Promise<void>): Promise<number> {
  const line = new LiveLine(process.stdout)
  const teller = new EventTeller(run.history, `"multigrid explain ${path.relative('.', run.folder)}"`)
  run.on('event', (event) => {
    for (const words of teller.tell(event)) line.print(words)
  })
  const timer = setInterval(() => line.draw(bar(run, line.width)), redrawMs)
  const stopListening = listenToKeys(run, line)
  try {
    await begin?.()
    await run.ended()
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    clearInterval(timer)
    stopListening()
    line.clear()
    run.dispose()
  }
  const { state, reason } = run.history.current
  if (state === 'failed' || state === 'gone') {
    process.stderr.write(`${reason}\n`)
    return 1
  }
  if (state !== 'running') process.stdout.write(`${stateWord(state)}: ${reason}\n`)
  return 0
}

function listenToKeys(run: AttachedRun, line: LiveLine): () => void {
  let stopping = false
  const tell = (error: unknown): void => line.print((error as Error).message)
  const stop = (): void => {
    if (stopping || !run.isLive) return (run.dispose(), process.exit(0))
    stopping = true
    line.print('stopping after this step, with a checkpoint; Ctrl-C again leaves the run alone')
    run.api.stop({ checkpoint: true }).catch(tell)
  }
  process.on('SIGINT', stop)
  const { stdin } = process
  if (!stdin.isTTY) return () => process.off('SIGINT', stop)
  const acts: Readonly<Record<string, () => unknown>> = {
    p: () => run.api.hold({}).catch(tell),
    r: () => run.api.resume({}).catch(tell),
    c: () => run.api.checkpoint({}).catch(tell),
    s: stop,
    d: () => (line.clear(), run.dispose(), process.exit(0)),
    '\u0003': stop,
  }
  const onKey = (key: Buffer): void => {
    try {
      acts[key.toString()]?.()
    } catch (error) {
      tell(error)
    }
  }
  stdin.setRawMode(true).on('data', onKey)
  line.print(keys)
  return () => {
    process.off('SIGINT', stop)
    stdin.off('data', onKey).setRawMode(false).pause()
  }
}

function bar(run: AttachedRun, width: number): string {
  const { now, plan, state } = run.history.current
  if (!now || !plan) return `${stateWord(state)} …`
  const words =
    ` ${percent(now.progress, 0)} · epoch ${now.epoch.toFixed(1)}/${plan.epochs} · ${shapeWords(now.shape)} · lr ${Number(now.lr.toPrecision(3))}` +
    ` · loss ${now.loss?.toFixed(2) ?? 'NaN'} · ${rate(now.clipsPerSecond)}` +
    (state === 'running' && now.inputBound ? ` · ${inputBoundWords(now)}` : '') +
    (state === 'running' ? ` · ${duration(now.secondsLeft)} left` : ` · ${stateWord(state)}`)
  const cells = Math.max(8, Math.min(30, width - words.length - 1))
  const full = Math.round(cells * now.progress)
  return `${'█'.repeat(full)}${'░'.repeat(cells - full)}${words}`
}
