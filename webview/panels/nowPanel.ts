import type { RunView } from '../../src/protocol/view'
import { button } from '../controls'
import { el, setAttribute, setText } from '../dom'
import type { Part } from '../dom'
import * as format from '../format'
import type { Command } from '../runState'
import { deviceWords, epochWords, nextWords, nowFacts, phaseWords, timeWords, waitingWords } from './nowWords'
import type { Fact } from './nowWords'
import { showParts } from './showParts'

/** What trains at this moment, in words and numbers. */
export function nowPanel(onCommand: (command: Command) => void): Part<RunView> {
  const epoch = el('strong', 'epoch')
  const phase = el('span', 'parts')
  const next = el('p', 'quiet parts')
  const bar = el('div', 'bar')
  const progress = el('div', 'progress', bar)
  progress.setAttribute('role', 'progressbar')
  progress.setAttribute('aria-label', 'Share of the work that is done')
  progress.setAttribute('aria-valuemin', '0')
  progress.setAttribute('aria-valuemax', '100')
  const time = el('p', 'parts')
  const facts = el('dl', 'facts')
  const waits = el('span')
  const explain = button({
    label: 'Explain',
    title: 'What makes training wait for data, and what to do about it',
    onClick: () => onCommand('explainInput'),
  })
  explain.classList.add('small')
  const waiting = el('div', 'waiting', waits, explain)
  const batch = button({
    label: 'Batch',
    title: 'Show the clips that the network is trained on at this moment',
    onClick: () => onCommand('showBatch'),
  })
  batch.classList.add('small')
  const slow = el('p', 'notice')
  const machine = el('p', 'quiet parts')
  const gauges = el('p', 'quiet parts')

  return {
    element: el(
      'section',
      'now',
      el('p', 'headline', epoch),
      el('div', 'beside', phase, batch),
      next,
      progress,
      time,
      facts,
      waiting,
      slow,
      machine,
      gauges,
    ),
    update(run) {
      const { now, info } = run
      setText(epoch, epochWords(run))
      showParts(phase, phaseWords(run))
      showParts(next, nextWords(run))
      progress.hidden = !now
      batch.hidden = !now
      if (now) {
        const share = Math.min(1, Math.max(0, now.progress)) || 0
        bar.style.transform = `scaleX(${share})`
        setAttribute(progress, 'aria-valuenow', (share * 100).toFixed(0))
      }
      showParts(time, [...(now ? [`${format.percent(now.progress, 1)} done`] : []), ...timeWords(run)])
      showFacts(facts, now ? nowFacts(now) : [])
      setText(waits, waitingWords(run))
      waiting.hidden = !waitingWords(run)
      setText(slow, info?.slow ?? '')
      slow.hidden = !info?.slow
      showParts(machine, info ? [info.model, info.backend, info.device].filter(Boolean) : [])
      machine.title = [info?.reason, info?.normalisation].filter(Boolean).join('. ')
      showParts(gauges, deviceWords(run))
    },
  }
}

function showFacts(list: HTMLElement, facts: readonly Fact[]): void {
  list.hidden = facts.length === 0
  while (list.childElementCount > facts.length) list.lastElementChild?.remove()
  facts.forEach(({ name, value, warn }, index) => {
    const fact = list.children[index] ?? list.appendChild(el('div', '', el('dt'), el('dd')))
    fact.className = warn ? 'warn' : ''
    setText(fact.children[0] as HTMLElement, name)
    setText(fact.children[1] as HTMLElement, value)
  })
}
