import path from 'node:path'
import { endStates } from '../protocol/events'
import type { EventOf, RunEvent } from '../protocol/events'
import type { AttachedRun } from '../run/AttachedRun'
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
  let phase = -1
  let toldOf = -1
  run.on('event', (event) => {
    if (event.type === 'step' && event.phase !== phase) {
      phase = event.phase
      line.print(phaseWords(run, event))
    }
    const words = eventWords(event)
    if (words) line.print(words)
    const waiting = event.type === 'step' ? inputBoundWords(run.history.current.now) : undefined
    if (waiting === undefined || toldOf === phase) return
    toldOf = phase
    const folder = path.relative('.', run.folder)
    line.print(`${waiting} of the time waits for data; "multigrid explain ${folder}" says why`)
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

function phaseWords(run: AttachedRun, event: Extract<RunEvent, { type: 'step' }>): string {
  const plan = run.history.current.plan
  const phase = plan?.phases[event.phase]
  if (!plan || !phase) return ''
  const shapes = [...new Set(phase.shapes.map(shapeWords))].join(', ')
  const what = phase.fineTune ? 'fine-tuning' : `LR stage ${phase.lrStage + 1}`
  return `phase ${event.phase + 1} of ${plan.phases.length} · ${what} · epochs ${phase.startEpoch}–${phase.endEpoch} · ${shapes}`
}

function eventWords(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'run':
      return [
        `${event.model}, ${event.parameters.toLocaleString('en')} parameters, ${event.classes.length} classes, ${event.clips.train} clips`,
        event.reason,
        ...(event.normalisation === undefined ? [] : [event.normalisation]),
        ...(event.slow ? [event.slow] : []),
      ].join('\n')
    case 'plan': {
      const { forecast, plan, iterations } = event
      const time = forecast ? `, about ${duration(forecast.secondsLeft)}` : ''
      const faster = forecast?.speedUp
        ? `, ${forecast.speedUp.toFixed(1)}× faster than without multigrid`
        : ''
      return `${plan.epochs} epochs, ${iterations} iterations${time}${faster}`
    }
    case 'evaluation':
      return evaluationWords(event)
    case 'state':
      // An end is the last line, printed when the trainer has gone.
      return event.state === 'running' || endStates.includes(event.state)
        ? undefined
        : `${stateWord(event.state)}: ${event.reason}`
    case 'problem':
      return `! ${event.message}`
    case 'checkpoint':
      return event.best ? `checkpoint ${event.iteration} (best so far)` : undefined
    case 'step':
    case 'device':
      return undefined
  }
}

function evaluationWords(event: EventOf<'evaluation'>): string {
  const { epoch, map, top1, top5, k, clips, unreadable } = event
  const shares = [
    ...(map === undefined ? [] : [`mAP ${percent(map)}`]),
    ...[`top-1 ${percent(top1)}`, `top-${k} ${percent(top5)}`],
  ]
  const left = unreadable === undefined ? '' : ` (of ${clips} clips; ${unreadable} could not be read)`
  return `epoch ${epoch}: validation ${shares.join(', ')}${left}`
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
