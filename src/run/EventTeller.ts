import { endStates } from '../protocol/events'
import type { EventOf, RunEvent } from '../protocol/events'
import type { RunHistory } from './RunHistory'
import { duration, inputBoundWords, percent, shapeWords, stateWord } from './words'

/** A run's events as lines of text, as they come: each phase, what a person would want to know, nothing of single steps. */
export class EventTeller {
  private phase = -1
  private toldOf = -1

  /** `explain` says where a run that waits for data is explained. */
  constructor(
    private readonly history: RunHistory,
    private readonly explain: string,
  ) {}

  /** The lines that `event`, which the history has taken in, is worth. */
  tell(event: RunEvent): string[] {
    const lines: string[] = []
    if (event.type === 'step' && event.phase !== this.phase) {
      this.phase = event.phase
      lines.push(phaseWords(this.history, event))
    }
    lines.push(eventWords(event) ?? '')
    const waiting = event.type === 'step' ? inputBoundWords(this.history.current.now) : undefined
    if (waiting !== undefined && this.toldOf !== this.phase) {
      this.toldOf = this.phase
      lines.push(`${waiting} of the time waits for data; ${this.explain} says why`)
    }
    return lines.filter((line) => line !== '')
  }
}

function phaseWords(history: RunHistory, event: Extract<RunEvent, { type: 'step' }>): string {
  const { plan } = history.current
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
    case 'edit':
      return `${event.changes.join('; ')}: ${event.state === 'waits' ? `from epoch ${event.fromEpoch} on` : 'taken back'}`
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
